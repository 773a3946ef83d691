import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import { Database } from '../../platform/database/database';
import { Accounts, normalEmail } from './accounts';
import { EmailTaken } from './auth.errors';
import { Passwords } from './passwords';

/**
 * Makes the admin of ADMIN_EMAIL and ADMIN_PASSWORD at start when that e-mail has no account. One that exists is left
 * as it is: whoever registered it first must not become an admin by a restart, and a changed password must stay.
 */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  private readonly logger = new Logger('Auth');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const admin = this.config.firstAdmin;
    if (!admin || (await this.isThere(admin.email))) return;
    const password_hash = await this.passwords.hash(admin.password);
    try {
      await this.database.transaction((tx) =>
        this.accounts.create(tx, systemActor('start'), { email: admin.email, password_hash, role: 'admin' }),
      );
      this.logger.log(`the first admin, ${admin.email}, has been created`);
    } catch (error) {
      // another process that started with us was first
      if (!(error instanceof EmailTaken)) throw error;
    }
  }

  private async isThere(email: string): Promise<boolean> {
    const user = await this.database.read.one<{ role: string }>('select role from user_account where email = $1', [
      normalEmail(email),
    ]);
    if (user && user.role !== 'admin') {
      this.logger.warn(`ADMIN_EMAIL has an account that is no admin; it stays so (npm run create-admin changes it)`);
    }
    return user !== undefined;
  }
}
