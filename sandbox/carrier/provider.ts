import fs from 'node:fs';
import path from 'node:path';
import type { SandboxProvider } from '../provider';
import { Carrier } from './carrier';

const ACCOUNT_SID = 'AC5a4d6b0c5a4d6b0c5a4d6b0c5a4d6b0c';
const AUTH_TOKEN = 'sandbox-auth-token-of-the-carrier';
/** Asked for first, so that the page is where it was yesterday. */
const PORT = 8091;

/** Where the command line finds the carrier of this data folder. */
export const addressFile = (dataDir: string | undefined): string =>
  path.join(path.resolve(dataDir?.trim() || '.data'), 'sandbox-carrier');

/** Stands in for Twilio when no account is set. */
export const carrierProvider: SandboxProvider = {
  name: 'carrier',
  isWanted: (settings) => !settings.TWILIO_ACCOUNT_SID,
  start: async (settings) => {
    const carrier = new Carrier({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN });
    const url = await carrier.listen(PORT);
    const port = settings.PORT?.trim() || '8000';
    const publicUrl = settings.PUBLIC_URL?.trim() || `http://127.0.0.1:${port}`;
    // what is signed is PUBLIC_URL; where we are reached is here, whatever stands in front of us
    carrier.exchange.reach[publicUrl.replace(/\/+$/, '')] = `http://127.0.0.1:${port}`;
    carrier.voiceUrl = `${publicUrl.replace(/\/+$/, '')}/api/calls/twilio-webhook/`;
    const file = addressFile(settings.DATA_DIR);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, url);
    return {
      settings: {
        TWILIO_ACCOUNT_SID: ACCOUNT_SID,
        TWILIO_AUTH_TOKEN: AUTH_TOKEN,
        TWILIO_PHONE_NUMBER: carrier.number,
        TWILIO_API_KEY: 'SK5a4d6b0c5a4d6b0c5a4d6b0c5a4d6b0c',
        TWILIO_API_SECRET: 'sandbox-api-secret-of-the-carrier',
        TWILIO_TWIML_APP_SID: 'AP5a4d6b0c5a4d6b0c5a4d6b0c5a4d6b0c',
        TWILIO_API_BASE: url,
        PUBLIC_URL: publicUrl,
        TRANSCRIBE_CALLS: settings.TRANSCRIBE_CALLS?.trim() || 'true',
      },
      line: `telephone company at ${url} (ring us there, or: npm run carrier -- call)`,
      close: async () => {
        fs.rmSync(file, { force: true });
        await carrier.close();
      },
    };
  },
};
