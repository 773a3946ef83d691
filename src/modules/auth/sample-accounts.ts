import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import type { Tx } from '../../platform/database/database';
import { SampleData } from '../../platform/sample-data/sample-data';
import { Accounts } from './accounts';
import { EmailTaken } from './auth.errors';
import { Passwords } from './passwords';

/** How to sign in to the sample data. Everybody can read these: they are never created in production. */
export const SAMPLE_CREDENTIALS = {
  admin: { email: 'admin@example.com', password: 'admin-password' },
  user: { email: 'user@example.com', password: 'user-password' },
  /** The password of every sample agent's account. */
  agentPassword: 'agent-password',
} as const;

/** The sample admin and the sample subscriber. */
@Injectable()
export class SampleAccounts implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly sampleData: SampleData,
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
  ) {}

  onModuleInit(): void {
    this.sampleData.register({ room: 'auth', order: 10, create: (tx) => this.create(tx) });
  }

  private async create(tx: Tx): Promise<void> {
    if (this.config.production) return;
    const { admin, user } = SAMPLE_CREDENTIALS;
    await this.account(tx, { ...admin, role: 'admin', first_name: 'Ada', last_name: 'Admin' });
    await this.account(tx, { ...user, role: 'user', first_name: 'John', last_name: 'Doe' });
  }

  private async account(
    tx: Tx,
    {
      password,
      ...rest
    }: { email: string; password: string; role: 'admin' | 'user'; first_name: string; last_name: string },
  ): Promise<void> {
    const password_hash = await this.passwords.hash(password);
    try {
      await this.accounts.create(tx, systemActor('sample-data'), { ...rest, password_hash });
    } catch (error) {
      // ADMIN_EMAIL may have the same address
      if (!(error instanceof EmailTaken)) throw error;
    }
  }
}
