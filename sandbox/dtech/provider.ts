import type { SandboxProvider } from '../provider';
import { DtechGateway } from './dtech-gateway';

const ACCOUNT = '7d3a3b2e-1f0c-4a52-9a43-0c6b6f1f2a11';
const realm = {
  accessKeyId: 'AKIASANDBOXGATEWAY',
  secretAccessKey: 'sandbox-secret-access-key',
  region: 'eu-west-1',
  service: 'execute-api',
};

/** Stands in for the sales gateway when no account is set. */
export const dtechProvider: SandboxProvider = {
  name: 'dtech',
  isWanted: (settings) => !settings.DIFFERENT_ACCOUNT_ID,
  start: async () => {
    const gateway = new DtechGateway(realm, ACCOUNT);
    const url = await gateway.listen();
    return {
      settings: {
        DIFFERENT_ENV: 'test',
        DIFFERENT_API_TEST: url,
        DIFFERENT_ACCOUNT_ID: ACCOUNT,
        AWS_ACCESS_KEY_ID: realm.accessKeyId,
        AWS_SECRET_ACCESS_KEY: realm.secretAccessKey,
        AWS_REGION: realm.region,
        AWS_SERVICE: realm.service,
      },
      line: `sales gateway at ${url}, account_id ${ACCOUNT}`,
      close: () => gateway.close(),
    };
  },
};
