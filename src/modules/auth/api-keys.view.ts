import type { ApiKey } from './api-key.entity';

/** An API key, without the key. */
export class ApiKeyView {
  /** @example "01890a5d-ac96-774b-bcce-b302099a8057" */
  id: string;
  /** @example "Reporting" */
  name: string;
  /**
   * The beginning of the key, to tell keys apart.
   * @example "cck_1f9a2b7c"
   */
  prefix: string;
  /** @example ["calls:read", "events:read"] */
  scopes: string[];
  /**
   * To the minute.
   * @example "2026-01-15T09:30:00.000Z"
   */
  last_used_at: string | null;
  /** @example null */
  revoked_at: string | null;
  /** @example "2026-01-10T08:00:00.000Z" */
  created_at: string;
}

/** A new API key; the only answer that shows the key itself. */
export class CreatedApiKeyView {
  /** @example true */
  success: boolean;
  api_key: ApiKeyView;
  /**
   * The key. It is shown this once; only its hash is stored.
   * @example "cck_1f9a2b7c_rT0cXl2W0pYt6oG3bq1mJm0Y0W3m7cTq1bVqVgk9yXo"
   */
  key: string;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

/** A page of API keys. */
export class ApiKeysView {
  /** @example true */
  success: boolean;
  api_keys: ApiKeyView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

const apiKeyView = (key: ApiKey): ApiKeyView => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  scopes: key.scopes,
  last_used_at: key.last_used_at?.toISOString() ?? null,
  revoked_at: key.revoked_at?.toISOString() ?? null,
  created_at: key.created_at.toISOString(),
});

export const createdApiKeyView = (row: ApiKey, key: string): CreatedApiKeyView => ({
  success: true,
  api_key: apiKeyView(row),
  key,
  timestamp: new Date().toISOString(),
});

export const apiKeysView = (rows: ApiKey[], nextCursor: string | null): ApiKeysView => ({
  success: true,
  api_keys: rows.map(apiKeyView),
  count: rows.length,
  next_cursor: nextCursor,
  timestamp: new Date().toISOString(),
});
