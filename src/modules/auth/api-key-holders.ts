import { Injectable } from '@nestjs/common';
import type { ApiKeyActor } from '../../platform/access/actor';
import { Database } from '../../platform/database/database';
import { tokenHash } from './tokens';

/** How every key begins, so that it is told from an access token and found by secret scanners. */
export const API_KEY_START = 'cck_';

/** Finds the service behind an API key. */
@Injectable()
export class ApiKeyHolders {
  constructor(private readonly database: Database) {}

  /** The service with this key; undefined when there is none or it was revoked. Notes its use, once a minute at most. */
  async holderOf(key: string): Promise<ApiKeyActor | undefined> {
    const row = await this.database.read.one<{ id: string; scopes: string[]; is_stale: boolean }>(
      `select id, scopes, coalesce(last_used_at < now() - interval '1 minute', true) as is_stale
       from api_key where key_hash = $1 and revoked_at is null`,
      [tokenHash(key)],
    );
    if (!row) return undefined;
    if (row.is_stale) await this.noteUse(row.id);
    return { kind: 'api_key', id: row.id, role: 'service', scopes: row.scopes };
  }

  async isAlive(id: string): Promise<boolean> {
    return (
      (await this.database.read.one('select 1 from api_key where id = $1 and revoked_at is null', [id])) !== undefined
    );
  }

  private noteUse(id: string): Promise<unknown> {
    return this.database.transaction((tx) =>
      tx.rows(
        `update api_key set last_used_at = now()
         where id = $1 and coalesce(last_used_at < now() - interval '1 minute', true)`,
        [id],
      ),
    );
  }
}
