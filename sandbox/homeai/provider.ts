import type { SandboxProvider } from '../provider';
import { HomeAiServer } from './homeai-server';

const KEY = 'sandbox-homeai-key';

/** Stands in for HomeAI when it is asked for by `HOMEAI_API_URL=sandbox`; without a key the local assistance serves. */
export const homeAiProvider: SandboxProvider = {
  name: 'homeai',
  isWanted: (settings) => settings.HOMEAI_API_URL === 'sandbox',
  start: async () => {
    const server = new HomeAiServer(KEY);
    const url = await server.listen();
    return {
      settings: { HOMEAI_API_URL: url, HOMEAI_API_KEY: KEY },
      line: `HomeAI at ${url}`,
      close: () => server.close(),
    };
  },
};
