import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { randomBytes } from 'node:crypto';
import type { UserActor } from '../../platform/access/actor';
import { SESSION_ENDED } from '../../platform/access/authenticator';
import { Audit } from '../../platform/audit/audit';
import { Database } from '../../platform/database/database';
import { Notifier } from '../../platform/database/notifier';
import { newId } from '../../platform/time/ids';
import { type Page, pageOf, type PageQuery } from '../../platform/http/page';
import type { ApiKey } from './api-key.entity';
import { API_KEY_START } from './api-key-holders';
import type { CreateApiKeyDto } from './api-keys.dto';
import { ApiKeyNotFound } from './auth.errors';
import { newToken, tokenHash } from './tokens';
import { newestCursor } from './users.queries';

/** Makes, lists and revokes the keys of services. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly notifier: Notifier,
    private readonly audit: Audit,
  ) {}

  /** Makes a key. It is returned here and never again: only its hash is stored. */
  create(actor: UserActor, input: CreateApiKeyDto): Promise<{ row: ApiKey; key: string }> {
    const prefix = `${API_KEY_START}${randomBytes(6).toString('hex')}`;
    const key = `${prefix}_${newToken()}`;
    return this.database.transaction(async (tx) => {
      const row = await tx.one<ApiKey>(
        `insert into api_key (id, name, prefix, key_hash, scopes, created_by)
         values ($1, $2, $3, $4, $5, (select id from user_account where id = $6)) returning *`,
        [newId(), input.name, prefix, tokenHash(key), input.scopes, actor.id],
      );
      if (!row) throw new Error('the insert returned nothing');
      const { name, scopes } = input;
      await this.audit.record(tx, actor, 'api_key.created', `api_key:${row.id}`, { name, prefix, scopes });
      return { row, key };
    });
  }

  /** Keys, newest first, the revoked ones too. */
  async list({ limit, cursor }: PageQuery): Promise<Page<ApiKey>> {
    const after = newestCursor(cursor);
    const rows = await this.database.read.rows<ApiKey>(
      `select * from api_key
       where $1::timestamptz is null or (created_at, id) < ($1::timestamptz, $2::uuid)
       order by created_at desc, id desc limit $3`,
      [after?.at ?? null, after?.id ?? null, limit + 1],
    );
    return pageOf(rows, limit, (key) => [key.created_at.toISOString(), key.id]);
  }

  /** Revokes a key at once; long connections that were opened with it are told. */
  async revoke(actor: UserActor, id: string): Promise<void> {
    if (!isUUID(id)) throw new ApiKeyNotFound();
    await this.database.transaction(async (tx) => {
      const revoked = await tx.one<{ prefix: string }>(
        'update api_key set revoked_at = now() where id = $1 and revoked_at is null returning prefix',
        [id],
      );
      if (!revoked) throw new ApiKeyNotFound();
      await this.audit.record(tx, actor, 'api_key.revoked', `api_key:${id}`, { prefix: revoked.prefix });
      tx.afterCommit(() => this.notifier.ring(SESSION_ENDED, id));
    });
  }
}
