import { parseArgs } from 'node:util';
import { activateDtech } from './modules/dtech';
import { Config } from './platform/config/config';
import { withDatabase } from './with-database';

const USAGE = 'usage: npm run dtech:activate -- --security-group … --token … [--account-id …]';

/** `npm run dtech:activate`: exchanges the temporary token for keys and keeps them sealed; exits with 1 on a failure. */
export async function activateDtechCommand(argv: string[]): Promise<void> {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        'security-group': { type: 'string' },
        token: { type: 'string' },
        'account-id': { type: 'string' },
      },
    });
    const { 'security-group': securityGroup, token } = values;
    if (!securityGroup || !token) throw new Error('the security group and the temporary token are needed');
    const config = Config.load();
    const accountId = values['account-id'] ?? config.dtech.accountId;
    if (!accountId) throw new Error('DIFFERENT_ACCOUNT_ID is not set');
    const done = await withDatabase(config, (database) =>
      activateDtech(config, database, {
        account_id: accountId,
        security_group: securityGroup,
        request_token: token,
      }),
    );
    process.stdout.write(
      `the ${done.environment} gateway has given the key ${done.access_key_id}; its secret is kept sealed` +
        `${done.in_use ? '' : '; AWS_ACCESS_KEY_ID of the environment wins over it'}\n`,
    );
  } catch (error) {
    process.stderr.write(`not activated: ${(error as Error).message.split('\n', 1)[0]}\n${USAGE}\n`);
    process.exitCode = 1;
  }
}
