import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { KeyRotation } from '../../../platform/secrets/key-rotation';
import { SecretBox } from '../../../platform/secrets/secret-box';
import { privateKey } from '../standard/sign';
import type { WebhookRow } from './webhook.entity';

const TABLE = 'webhook';
const COLUMNS = ['secret', 'previous_secret', 'ed25519_key', 'headers'] as const;
type SealedColumn = (typeof COLUMNS)[number];

/** What is needed to send to an endpoint, in the clear; kept in memory only. */
export interface OpenSecrets {
  /** The present secret, and the one before while it still signs. */
  signing: string[];
  asymmetric: KeyObject | undefined;
  headers: Record<string, string>;
}

/** Seals and opens the secret columns of endpoints. */
@Injectable()
export class EndpointSecrets implements OnModuleInit {
  constructor(
    private readonly box: SecretBox,
    private readonly rotation: KeyRotation,
  ) {}

  onModuleInit(): void {
    for (const column of COLUMNS) this.rotation.register({ table: TABLE, column });
  }

  /** The sealed form for this row and column. */
  seal(webhookId: string, column: SealedColumn, plain: string): string {
    return this.box.seal(plain, { table: TABLE, row: webhookId, column });
  }

  /** Sealed headers, or null when there are none. */
  sealHeaders(webhookId: string, headers: Record<string, string>): string | null {
    return Object.keys(headers).length > 0 ? this.seal(webhookId, 'headers', JSON.stringify(headers)) : null;
  }

  /** Opens everything for one endpoint. */
  open(webhook: WebhookRow): OpenSecrets {
    const plain = (column: SealedColumn): string | undefined => {
      const sealed = webhook[column];
      return sealed === null ? undefined : this.box.open(sealed, { table: TABLE, row: webhook.id, column });
    };
    const overlaps = webhook.previous_secret_until !== null && webhook.previous_secret_until.getTime() > Date.now();
    const key = plain('ed25519_key');
    return {
      signing: [plain('secret'), overlaps ? plain('previous_secret') : undefined].filter((s) => s !== undefined),
      asymmetric: key === undefined ? undefined : privateKey(key),
      headers: JSON.parse(plain('headers') ?? '{}') as Record<string, string>,
    };
  }
}
