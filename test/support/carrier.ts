import { Carrier } from '../../sandbox/carrier/carrier';
import { startTestApp, type TestApp } from './test-app';

const ACCOUNT = `AC${'1'.repeat(32)}`;
export const AUTH_TOKEN = 'test-auth-token-of-the-carrier';
export const PUBLIC = 'https://calls.example.com';

/** The product with the sandbox's telephone company at the other end, at twenty times a call's real pace. */
export async function startWithCarrier(env: Record<string, string> = {}): Promise<{ app: TestApp; carrier: Carrier }> {
  const carrier = new Carrier({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, pace: 0.05 });
  const app = await startTestApp({
    env: {
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_PHONE_NUMBER: carrier.number,
      TWILIO_API_BASE: await carrier.listen(),
      TWILIO_TIMEOUT_MS: '1500',
      TWILIO_API_KEY: `SK${'2'.repeat(32)}`,
      TWILIO_API_SECRET: 'test-api-secret-of-the-carrier',
      TWILIO_TWIML_APP_SID: `AP${'3'.repeat(32)}`,
      PUBLIC_URL: PUBLIC,
      TRANSCRIBE_CALLS: 'true',
      WRAP_UP_SECONDS: '0.2',
      OFFER_TIMEOUT_SECONDS: '60',
      ...env,
    },
  });
  carrier.exchange.reach[PUBLIC] = app.url;
  carrier.voiceUrl = `${PUBLIC}/api/calls/twilio-webhook/`;
  return { app, carrier };
}
