import { Injectable } from '@nestjs/common';
import type { ActorSnapshot } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { newId } from '../../platform/time/ids';
import { TicketRow } from './ticket.entity';
import { TicketCommentRow, TicketSlaRow, TicketTagRow } from './ticket-parts.entity';
import { ticketSearchKey } from './ticket-search';
import type { TicketWithSla } from './ticket.view';

/** A ticket before it has its number. */
export type NewTicket = Omit<TicketRow, 'code' | 'updated_at' | 'search_key'>;

/** One field before and after. */
export interface FieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

/** A ticket under lock, and the time at which the lock was had. */
export interface LockedTicket {
  ticket: TicketWithSla;
  now: Date;
}

const SEARCHED = ['subject', 'description', 'customer_name', 'customer_phone', 'customer_phone_e164', 'customer_email'];

/** The statements that write tickets. */
@Injectable()
export class TicketsRepository {
  /** The database's clock at this moment. */
  async now(tx: Tx): Promise<Date> {
    return (await tx.one<{ now: Date }>('select clock_timestamp()::timestamptz(3) as now'))?.now ?? new Date();
  }

  /**
   * Takes the next number of the ticket's UTC day and writes the ticket. Call it last but for the event: the day stays
   * locked until the commit, so that a transaction rolled back leaves no gap and others wait as briefly as can be.
   */
  async insert(tx: Tx, ticket: NewTicket): Promise<TicketRow> {
    const values = { ...ticket, search_key: ticketSearchKey(ticket), created_by: JSON.stringify(ticket.created_by) };
    const columns = Object.keys(values);
    const row = await tx.one<TicketRow>(
      `with numbered as (
         insert into ticket_day (day, last_number) values (($1::timestamptz at time zone 'utc')::date, 1)
         on conflict (day) do update set last_number = ticket_day.last_number + 1
         returning day, last_number::text as n
       )
       insert into ticket (code, updated_at, ${columns.join(', ')})
       select 'TKT-' || to_char(day, 'YYYYMMDD') || '-' || lpad(n, greatest(4, length(n)), '0'), $1::timestamptz,
              ${columns.map((column, i) => `$${i + 2}::${TYPES[column] ?? 'text'}`).join(', ')}
         from numbered
       returning *`,
      [ticket.created_at, ...Object.values(values)],
    );
    if (!row) throw new Error('a ticket was not written');
    return row;
  }

  /** The ticket by its number, locked, with its clocks. */
  async lock(tx: Tx, code: string): Promise<LockedTicket | undefined> {
    const row = await tx.one<TicketRow>('select * from ticket where code = $1 for update', [code]);
    return row && this.locked(tx, row);
  }

  /** The ticket by its key, locked unless another transaction has it. */
  async lockUnlessTaken(tx: Tx, id: string): Promise<LockedTicket | undefined> {
    const row = await tx.one<TicketRow>('select * from ticket where id = $1 for update skip locked', [id]);
    return row && this.locked(tx, row);
  }

  /** Both tickets, locked in one order whoever asks, so that two merges in opposite directions take turns. */
  async lockBoth(tx: Tx, codes: [string, string]): Promise<LockedTicket[]> {
    const rows = await tx.rows<TicketRow>('select * from ticket where code = any($1::text[]) order by id for update', [
      codes,
    ]);
    const locked: LockedTicket[] = [];
    for (const row of rows) locked.push(await this.locked(tx, row));
    return locked;
  }

  private async locked(tx: Tx, row: TicketRow): Promise<LockedTicket> {
    const sla = await tx.rows<TicketSlaRow>('select * from ticket_sla where ticket_id = $1 order by target', [row.id]);
    return { ticket: { ...row, sla }, now: await this.now(tx) };
  }

  /** Writes an edit: the row, its history, its tags, its clocks; returns the ticket as it is then. */
  async save(
    tx: Tx,
    before: TicketWithSla,
    patch: Partial<TicketRow>,
    changes: FieldChange[],
    sla: TicketSlaRow[],
    actor: ActorSnapshot,
    now: Date,
  ): Promise<TicketWithSla> {
    const after: TicketWithSla = { ...before, ...patch, sla };
    const { sla: _clocks, ...row } = after;
    const searched = SEARCHED.some((field) => field in patch) ? { search_key: ticketSearchKey(row) } : {};
    if (Object.keys(patch).length > 0) {
      await tx.update(TicketRow, { id: before.id }, { updated_at: before.updated_at, ...patch, ...searched });
    }
    await this.addHistory(tx, after, changes, actor, now);
    if (patch.tags) await this.setTags(tx, after);
    else if (patch.status) await tx.update(TicketTagRow, { ticket_id: before.id }, { status: patch.status });
    await this.saveClocks(tx, before.sla, sla);
    return after;
  }

  async addClocks(tx: Tx, rows: TicketSlaRow[]): Promise<void> {
    await tx.insert(TicketSlaRow, rows);
  }

  /** Writes the clocks that are not the same objects as before. */
  async saveClocks(tx: Tx, before: TicketSlaRow[], after: TicketSlaRow[]): Promise<void> {
    for (const row of after) if (!before.includes(row)) await tx.update(TicketSlaRow, { id: row.id }, row);
  }

  async addTags(tx: Tx, ticket: Pick<TicketRow, 'id' | 'tags' | 'status' | 'created_at'>): Promise<void> {
    if (ticket.tags.length === 0) return;
    const { id, status, created_at } = ticket;
    await tx.insert(
      TicketTagRow,
      ticket.tags.map((tag) => ({ id: newId(), ticket_id: id, tag, status, created_at })),
    );
  }

  async setTags(tx: Tx, ticket: Pick<TicketRow, 'id' | 'tags' | 'status' | 'created_at'>): Promise<void> {
    await tx.delete(TicketTagRow, { ticket_id: ticket.id });
    await this.addTags(tx, ticket);
  }

  async addComment(tx: Tx, comment: TicketCommentRow): Promise<void> {
    await tx.insert(TicketCommentRow, comment);
  }

  private async addHistory(
    tx: Tx,
    ticket: TicketRow,
    changes: FieldChange[],
    actor: ActorSnapshot,
    now: Date,
  ): Promise<void> {
    if (changes.length === 0) return;
    const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
    await tx.rows(
      `insert into ticket_history (id, ticket_id, version, field, from_value, to_value, actor, created_at)
       select id, $2, $3, field, from_value, to_value, $4, $5
         from unnest($1::uuid[], $6::text[], $7::jsonb[], $8::jsonb[]) as c (id, field, from_value, to_value)`,
      [
        changes.map(() => newId()),
        ticket.id,
        ticket.version,
        JSON.stringify(actor),
        now,
        changes.map((change) => change.field),
        changes.map((change) => json(change.from)),
        changes.map((change) => json(change.to)),
      ],
    );
  }
}

const TYPES: Record<string, string> = {
  id: 'uuid',
  version: 'integer',
  customer_id: 'uuid',
  assigned_agent_id: 'uuid',
  owner_user_id: 'uuid',
  merged_into_id: 'uuid',
  tags: 'text[]',
  created_by: 'jsonb',
  first_response_at: 'timestamptz',
  resolved_at: 'timestamptz',
  closed_at: 'timestamptz',
  created_at: 'timestamptz',
};
