import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import type { Reader, Tx } from '../../../platform/database/database';
import { EventLog } from '../../../platform/events/event-log';
import type { EventDefinition } from '../../../platform/events/define-event';
import { type ToldSale, toldSale } from '../sales.events';
import type { SalesProcessRow } from './sales-process.entity';
import { salesProcessView } from './sales-process.view';

/** Stands for what was taken out of a sale when its customer's data was removed. */
export const ERASED = '(removed)';

/** What an erased sale has in the columns that would speak of the person, whatever the gateway or an agent says later. */
const WHEN_ERASED: Partial<Record<keyof SaleChange, string>> = {
  url: 'null::text',
  gateway_status: 'null::jsonb',
  stop_reason: `'${ERASED}'::text`,
  failure: `'${ERASED}'::text`,
};

/** The columns a change may set. */
export type SaleChange = Partial<
  Pick<
    SalesProcessRow,
    'status' | 'sales_process_id' | 'url' | 'url_expiry' | 'stop_reason' | 'failure' | 'gateway_status' | 'follow_count'
  >
> & {
  /** Seconds until the gateway is asked next; null: no more. */
  followInSeconds?: number | null;
};

/** Rows of sales processes, and what is told of their changes. */
@Injectable()
export class SalesProcessRepository {
  constructor(private readonly eventLog: EventLog) {}

  /** The process with this gateway id; undefined when there is none. */
  byGatewayId(reader: Reader, spid: string): Promise<SalesProcessRow | undefined> {
    return reader.one<SalesProcessRow>('select * from sales_process where sales_process_id = $1', [spid]);
  }

  /** The same row, locked until the transaction ends. */
  locked(tx: Tx, id: string): Promise<SalesProcessRow | undefined> {
    return tx.one<SalesProcessRow>('select * from sales_process where id = $1 for update', [id]);
  }

  /** Sets what is given and returns the row as it is then. */
  async change(tx: Tx, id: string, change: SaleChange): Promise<SalesProcessRow> {
    const { followInSeconds, ...columns } = change;
    const params: unknown[] = [id];
    const sets = Object.entries(columns).map(([name, value]) => {
      const stored = name === 'gateway_status' ? JSON.stringify(value ?? null) : value;
      const place = `$${params.push(stored)}`;
      const erased = WHEN_ERASED[name as keyof SaleChange];
      if (erased === undefined || value == null) return `${name} = ${place}`;
      return `${name} = case when lead_name = '${ERASED}' then ${erased} else ${place} end`;
    });
    if (followInSeconds !== undefined) {
      sets.push(`follow_at = now() + $${params.push(followInSeconds)}::float8 * interval '1 second'`);
    }
    const row = await tx.one<SalesProcessRow>(
      `update sales_process set ${[...sets, 'updated_at = now()'].join(', ')} where id = $1 returning *`,
      params,
    );
    if (!row) throw new Error(`sales process ${id} is gone`);
    return row;
  }

  /** Tells of a process; its owner, admins and API keys hear it. */
  tell(tx: Tx, actor: Actor, event: EventDefinition<ToldSale>, row: SalesProcessRow): void {
    this.eventLog.append(tx, event, toldSale(salesProcessView(row)), {
      actor,
      aggregate: `sale:${row.id}`,
      audience: { users: row.owner_user_id ? [row.owner_user_id] : [], scope: 'sales:read' },
      subjectCustomerId: row.customer_id,
    });
  }
}

/** Whether the actor may see the process: who started it, admins, and API keys with the scope. */
export const maySeeSale = (actor: Actor, row: Pick<SalesProcessRow, 'owner_user_id'>): boolean =>
  actor.kind !== 'user' || actor.role === 'admin' || row.owner_user_id === actor.id;
