import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/database';
import { isUuid } from '../../platform/http/page';
import type { WebhookRow } from './endpoints/webhook.entity';
import { WebhookNotFound } from './webhooks.errors';

/** Finds endpoints by what callers call them: `wh_…`, or the key of the row. */
@Injectable()
export class WebhooksRepository {
  /** Throws WebhookNotFound. */
  async get(reader: Reader, webhook: string): Promise<WebhookRow> {
    return this.byName(reader, webhook, '');
  }

  /** The same, locked until the transaction ends. */
  async lock(tx: Tx, webhook: string): Promise<WebhookRow> {
    return this.byName(tx, webhook, 'for no key update');
  }

  private async byName(reader: Reader, webhook: string, locking: string): Promise<WebhookRow> {
    const column = isUuid(webhook) ? 'id' : 'code';
    const row = await reader.one<WebhookRow>(`select * from webhook where ${column} = $1 ${locking}`, [webhook]);
    if (!row) throw new WebhookNotFound(webhook.slice(0, 100));
    return row;
  }
}
