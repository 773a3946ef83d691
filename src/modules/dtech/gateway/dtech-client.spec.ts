import { Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DtechGateway } from '../../../../sandbox/dtech/dtech-gateway';
import { ACCOUNT, aSale, realm } from '../../../../test/support/dtech';
import { Config } from '../../../platform/config/config';
import { DtechAuthFailed, DtechNotFound, DtechRefused, DtechTimeout, DtechUnavailable } from '../dtech.errors';
import { AmbiguousFailure, DtechClient, type GatewayLead } from './dtech-client';
import type { GatewayKeys } from './gateway-keys';
import { presignedExpiry } from './gateway-answer';

const sale = aSale();
const { user } = sale;
// not ASCII: what is signed are the bytes that are sent
const lead: GatewayLead = { ...sale.lead, first_name: 'Jané' };

describe('the sales gateway client, against a gateway that recomputes every signature', () => {
  let gateway: DtechGateway;
  let clock = 0;
  let client: DtechClient;
  const clientWith = (
    baseUrl: string,
    secretAccessKey = realm.secretAccessKey,
    accessKeyId = realm.accessKeyId,
  ): DtechClient =>
    new DtechClient(
      Config.load({ DIFFERENT_API_TEST: baseUrl, DIFFERENT_ACCOUNT_ID: ACCOUNT, DATA_DIR: '/tmp/dtech-spec' }),
      {
        current: async () => ({ accessKeyId, secretAccessKey }),
      } as unknown as GatewayKeys,
    );

  beforeAll(async () => {
    Logger.overrideLogger(false);
    gateway = new DtechGateway(realm, ACCOUNT, 'token-1', () => Date.now() + clock);
    client = clientWith(await gateway.listen());
  });
  afterEach(() => {
    gateway.faults = [];
    clock = 0;
  });
  afterAll(() => gateway.close());

  const start = () => client.start({ account_id: ACCOUNT, user, lead });

  it('starts, continues, asks, stops', async () => {
    const { salesProcessId, url, urlExpiry } = await start();
    expect(url).toMatch(/^http/);
    expect(urlExpiry?.getTime()).toBeGreaterThan(Date.now());
    expect((await client.continue(salesProcessId, { account_id: ACCOUNT, user })).url).not.toBe(url);
    expect(await client.status(salesProcessId, ACCOUNT)).toMatchObject({ status: 'in_progress' });
    expect(await client.stop(salesProcessId, { account_id: ACCOUNT, reason: 'Customer not interested' })).toMatchObject(
      { status: 'stopped' },
    );
    expect(gateway.processes.get(salesProcessId)?.reason).toBe('Customer not interested');
  });

  it('gets an upload URL whose Content-MD5 was signed', async () => {
    const { salesProcessId } = await start();
    const hash = createHash('md5').update('sound').digest('base64');
    const target = await client.recordingUrl(salesProcessId, {
      account_id: ACCOUNT,
      date_start: '2026-01-01T10:00:00',
      date_end: '2026-01-01T10:05:00',
      recording_hash: hash,
      filename: 'recording.wav',
      content_type: 'audio/wav',
    });
    expect(presignedExpiry(target.uploadUrl)?.getTime()).toBeGreaterThan(Date.now());
    const put = (headers: Record<string, string>, body = 'sound'): Promise<Response> =>
      fetch(target.uploadUrl, { method: 'PUT', headers, body });
    expect((await put({ 'content-md5': hash, 'content-type': 'audio/mpeg' })).status).toBe(403);
    const bad = await put({ 'content-md5': hash, 'content-type': 'audio/wav' }, 'noise');
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('BadDigest')]);
    expect((await put({ 'content-md5': hash, 'content-type': 'audio/wav' })).status).toBe(200);
    expect(gateway.uploads.get(target.recordingId)?.stored).toEqual({ size: 5, md5: hash });
    clock = 3_600_000;
    expect((await put({ 'content-md5': hash, 'content-type': 'audio/wav' })).status).toBe(403);
  });

  it('keeps what refusals mean', async () => {
    await expect(client.status('00000000-0000-4000-8000-000000000000', ACCOUNT)).rejects.toThrow(DtechNotFound);
    await expect(client.start({ account_id: ACCOUNT, user, lead: { ...lead, campaign_code: '' } })).rejects.toThrow(
      new DtechRefused('lead.campaign_code is required'),
    );
    const { baseUrl } = (client as unknown as { config: Config }).config.dtech;
    await expect(clientWith(baseUrl, 'other').start({ account_id: ACCOUNT, user, lead })).rejects.toThrow(
      DtechAuthFailed,
    );
    await expect(
      clientWith(baseUrl, undefined, 'AKIAOTHER').start({ account_id: ACCOUNT, user, lead }),
    ).rejects.toThrow(DtechAuthFailed);
    clock = 10 * 60_000;
    await expect(start()).rejects.toThrow(DtechAuthFailed);
  });

  it('repeats what is safe to repeat, and never a start', async () => {
    const { salesProcessId } = await start();
    gateway.faults = [
      { route: '/ext/status', kind: 'status', value: 500, times: 1 },
      { route: '/ext/status', kind: 'close', times: 1 },
    ];
    expect(await client.status(salesProcessId, ACCOUNT)).toMatchObject({ status: 'in_progress' });
    gateway.faults = [{ route: '/ext/status', kind: 'status', value: 503, times: 9 }];
    await expect(client.status(salesProcessId, ACCOUNT)).rejects.toThrow(DtechUnavailable);
    expect(gateway.faults[0]?.times).toBe(6);

    for (const kind of ['close', 'close-after'] as const) {
      const before = gateway.processes.size;
      gateway.faults = [{ route: '/ext/start', kind, times: 9 }];
      await expect(start()).rejects.toThrow(AmbiguousFailure);
      expect(gateway.faults[0]?.times).toBe(8);
      expect(gateway.processes.size - before).toBe(kind === 'close' ? 0 : 1);
    }
    gateway.faults = [{ route: '/ext/start', kind: 'status', value: 502, times: 9 }];
    await expect(start()).rejects.toThrow(AmbiguousFailure);
  });

  it('tells what was never sent from what may have arrived', async () => {
    const nobody = clientWith('http://127.0.0.1:1');
    await expect(nobody.start({ account_id: ACCOUNT, user, lead })).rejects.toThrow(DtechUnavailable);
    await expect(nobody.status('x', ACCOUNT)).rejects.toThrow(DtechUnavailable);
    expect(new AmbiguousFailure(new DtechTimeout()).shown.status).toBe(504);
  });

  it('activates once', async () => {
    const input = { account_id: ACCOUNT, request_token: 'token-1' };
    expect(await client.activate('group', input)).toEqual({
      access_key_id: realm.accessKeyId,
      secret_access_key: realm.secretAccessKey,
    });
    await expect(client.activate('group', input)).rejects.toThrow(DtechRefused);
  });
});
