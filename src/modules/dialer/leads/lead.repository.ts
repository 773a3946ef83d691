import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../../platform/access/actor';
import type { Reader, Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { LEAD_COLUMNS, type LeadValues } from '../intake/merge-lead';
import type { Changes } from './lead.entity';
import type { LeadRecord } from './lead.view';

// A date comes as the text it is: the driver would make midnight of this machine's zone of it
const SELECTED = ['id', 'number', ...LEAD_COLUMNS, 'created_at', 'updated_at']
  .map((column) => (column === 'date_of_birth' ? 'l.date_of_birth::text' : `l.${column}`))
  .join(', ');

/** A lead with the names of its agents and its customer: columns and joins of every statement that reads leads. */
export const LEAD_SELECT = `select ${SELECTED}, a.code as agent_code, a.name as agent_name,
    coalesce(a.dialer_user_id, a.email) as agent_username, la.code as last_agent_code, c.code as customer_code`;
export const LEAD_FROM = `from lead l
    left join agent a on a.id = l.assigned_agent_id
    left join agent la on la.id = l.last_agent_id
    left join customer c on c.id = l.customer_id`;

const JSON_COLUMNS: ReadonlySet<string> = new Set(['call_data', 'dialer_data']);
const INSERT_COLUMNS = LEAD_COLUMNS.join(', ');
const INSERT_VALUES = LEAD_COLUMNS.map((_column, index) => `$${index + 4}`).join(', ');

const param = (values: LeadValues, column: keyof LeadValues): unknown =>
  JSON_COLUMNS.has(column) ? JSON.stringify(values[column]) : values[column];

/** What the database gives a lead when it is written. */
export interface Written {
  id: string;
  number: number;
  created_at: Date;
  updated_at: Date;
}

/** The statements that write leads, and those that lock them. */
@Injectable()
export class LeadRepository {
  /**
   * Takes turns with everybody who brings the same telephone number or the same dialer's id. Always in the order of the
   * keys, so that two who bring each other's number and id cannot wait for one another.
   */
  async takeTurns(tx: Tx, keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    await tx.rows('select pg_advisory_xact_lock(hashtextextended(key, 7)) from unnest($1::text[]) as key', [
      keys.sort(),
    ]);
  }

  /**
   * The leads with this dialer's id or this number (two when they differ), locked. Keys only: most intakes find none, and
   * fifty columns with three joins are not worth planning to learn that.
   */
  matching(tx: Tx, dialerId: string | null, e164: string | null): Promise<{ number: number; by_id: boolean }[]> {
    return tx.rows(
      `with known as materialized (select lead_id from lead_dialer_id where dialer_lead_id = $1)
       select number, id in (select lead_id from known) as by_id from lead
        where id = (select lead_id from known) or phone_e164 = $2
          for update of lead`,
      [dialerId, e164],
    );
  }

  /** Writes a new lead and the dialer's id of it in one statement. */
  async insert(tx: Tx, values: LeadValues): Promise<Written> {
    const made = await tx.one<Written>(
      `with made as (
         insert into lead (id, ${INSERT_COLUMNS}) values ($1, ${INSERT_VALUES})
         returning id, number, created_at, updated_at
       ), linked as (
         insert into lead_dialer_id (id, dialer_lead_id, lead_id) select $2::uuid, $3::text, $1::uuid where $3::text is not null
       )
       select * from made`,
      [newId(), newId(), values.dialer_lead_id, ...LEAD_COLUMNS.map((column) => param(values, column))],
    );
    if (!made) throw new Error('an insert gave no row');
    return made;
  }

  /** Writes what has changed, and the change itself into the lead's history; returns the new `updated_at`. */
  async update(tx: Tx, actor: Actor, id: string, values: LeadValues, changes: Changes): Promise<Date> {
    const columns = LEAD_COLUMNS.filter((column) =>
      Object.keys(changes).some((name) => name === column || name.startsWith(`${column}.`)),
    );
    const sets = columns.map((column, index) => `${column} = $${index + 5}`);
    const row = await tx.one<{ updated_at: Date }>(
      `with history as (
         insert into lead_change (id, lead_id, actor, changes) values ($1, $2, $3, $4)
       ), changed as (
         update lead set ${[...sets, 'updated_at = clock_timestamp()'].join(', ')} where id = $2 returning updated_at
       )
       select * from changed`,
      [newId(), id, snapshot(actor), JSON.stringify(changes), ...columns.map((column) => param(values, column))],
    );
    if (!row) throw new Error('an update met no row');
    return row.updated_at;
  }

  /** Adds another of the dialer's ids to a lead; nothing when it has it. */
  async linkDialerId(tx: Tx, leadId: string, dialerId: string): Promise<void> {
    await tx.rows(
      `insert into lead_dialer_id (id, dialer_lead_id, lead_id) values ($1, $2, $3)
       on conflict (dialer_lead_id) do nothing`,
      [newId(), dialerId, leadId],
    );
  }

  /** The lead that callers know by `number`, locked. */
  lock(tx: Tx, number: number): Promise<LeadRecord | undefined> {
    return tx.one<LeadRecord>(`${LEAD_SELECT} ${LEAD_FROM} where l.number = $1 for update of l`, [number]);
  }

  /** The lead that callers know by `number`. */
  byNumber(reader: Reader, number: number): Promise<LeadRecord | undefined> {
    return reader.one<LeadRecord>(`${LEAD_SELECT} ${LEAD_FROM} where l.number = $1`, [number]);
  }
}
