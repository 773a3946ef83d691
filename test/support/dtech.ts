import type { Realm } from '../../sandbox/dtech/sigv4-check';

/** The account whose sales the stand-in gateway takes. */
export const ACCOUNT = '7d3a3b2e-1f0c-4a52-9a43-0c6b6f1f2a11';

/** The keys it knows, and for what they sign. */
export const realm: Realm = {
  accessKeyId: 'AKIASANDBOX',
  secretAccessKey: 'sandbox-secret',
  region: 'eu-west-1',
  service: 'execute-api',
};

/** A sale as an agent starts it. */
export const aSale = (campaign = 'CAMPAIGN_01') => ({
  account_id: ACCOUNT,
  user: { external_id: 'agent123', first_name: 'John', last_name: 'Doe', provider_id: 'provider_123' },
  lead: {
    first_name: 'Jane',
    last_name: 'Smith',
    phone_mobile: '(083) 555-5555',
    campaign_code: campaign,
    lead_origin: 'Website',
  },
});

/** The settings of a product that sells through a gateway at this address. */
export const sellingThrough = (url: string): Record<string, string> => ({
  DIFFERENT_API_TEST: url,
  DIFFERENT_ACCOUNT_ID: ACCOUNT,
  AWS_ACCESS_KEY_ID: realm.accessKeyId,
  AWS_SECRET_ACCESS_KEY: realm.secretAccessKey,
});
