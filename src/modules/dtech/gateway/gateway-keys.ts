import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { SecretBox } from '../../../platform/secrets/secret-box';
import { DtechNotConfigured } from '../dtech.errors';
import type { SigningKeys } from './request-signer';

/** Where an activation keeps the secret key, sealed. */
export const KEY_PLACE = (row: string): { table: string; row: string; column: string } => ({
  table: 'dtech_activation',
  row,
  column: 'secret_access_key',
});

/** The keys in force: those of the environment, else those of the newest activation for this gateway and account. */
@Injectable()
export class GatewayKeys {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** Throws DtechNotConfigured when there are none. Read for each call, so that an activation counts at once. */
  async current(): Promise<SigningKeys> {
    const { credentials, environment, accountId } = this.config.dtech;
    if (credentials) return credentials;
    const row = await this.database.read.one<{ id: string; access_key_id: string; secret_access_key: string }>(
      `select id, access_key_id, secret_access_key from dtech_activation
        where environment = $1 and account_id = $2 order by created_at desc, id desc limit 1`,
      [environment, accountId ?? null],
    );
    if (!row) throw new DtechNotConfigured();
    return {
      accessKeyId: row.access_key_id,
      secretAccessKey: this.secrets.open(row.secret_access_key, KEY_PLACE(row.id)),
    };
  }
}
