import net from 'node:net';
import type { Config } from '../../../../platform/config/config';
import type { AssistanceRequest } from '../assistance.types';
import { HomeAiClient } from './homeai.client';

const request = {
  transcript: [],
  message: 'hello',
  context: null,
  passages: [],
  language: 'en',
} as never as AssistanceRequest;
const clientOf = (baseUrl: string): HomeAiClient =>
  new HomeAiClient({ homeai: { baseUrl, apiKey: 'key', model: 'm' } } as Config);

describe('HomeAI out of reach', () => {
  it('is said so, and left alone after three tries', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const client = clientOf(`http://127.0.0.1:${port}/v1`);
    for (let n = 0; n < 3; n += 1) await expect(client.suggest(request)).rejects.toThrow('not reached');
    await expect(client.suggest(request)).rejects.toThrow('resting after failures');
  });

  it('is no HomeAI at all without a key', async () => {
    const client = new HomeAiClient({ homeai: undefined } as Config);
    expect(client.isConfigured).toBe(false);
    await expect(client.suggest(request)).rejects.toThrow('not configured');
  });
});
