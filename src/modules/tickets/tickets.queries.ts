import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import { Database } from '../../platform/database/database';
import {
  decodeTimeCursor,
  type Page,
  pageOf,
  type PageQuery,
  type TimeCursor,
  timeKey,
} from '../../platform/http/page';
import { parsePhone } from '../../platform/phone/phone';
import { isSubscriber, mayRead } from './ticket-access';
import { momentOf, type TicketFilter } from './ticket-filter';
import { ticketPageSql } from './ticket-list';
import type { TicketRow } from './ticket.entity';
import type { TicketCommentRow, TicketHistoryRow, TicketSlaRow } from './ticket-parts.entity';
import type { TicketWithSla } from './ticket.view';
import type { ListTicketsQuery } from './tickets.dto';
import { TicketNotFound } from './tickets.errors';

/** A row of a ticket, with the number of the ticket it was written on. */
type OfTicket<Row> = Row & { code: string };

/** The ticket and all that were merged into it, by way of others too. */
const MERGED = `with recursive merged as (
    select id, code, 0 as depth from ticket where id = $1
    union all
    select t.id, t.code, m.depth + 1 from ticket t join merged m on t.merged_into_id = m.id where m.depth < 20
  )`;

/** Reads tickets; writes nothing. */
@Injectable()
export class TicketsQueries {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** A page of tickets, newest first. */
  async list(actor: Actor, query: ListTicketsQuery): Promise<Page<TicketWithSla>> {
    const filter = await this.filterOf(actor, query);
    const after = decodeTimeCursor(query.cursor);
    const rows = filter ? await this.page(filter, query.limit + 1, after) : [];
    return pageOf(rows, query.limit, timeKey);
  }

  /** One ticket by its number. Throws TicketNotFound when there is none, or it is not the caller's. */
  async get(actor: Actor, code: string): Promise<TicketWithSla> {
    const row = await this.database.read.one<TicketRow>('select * from ticket where code = $1', [code]);
    if (!row || !mayRead(actor, row)) throw new TicketNotFound(code);
    return (await this.withSla([row]))[0] as TicketWithSla;
  }

  /** What was said about a ticket, oldest first; internal comments are kept from subscribers. */
  async comments(actor: Actor, code: string, query: PageQuery): Promise<Page<OfTicket<TicketCommentRow>>> {
    const after = decodeTimeCursor(query.cursor);
    const ticket = await this.get(actor, code);
    const rows = await this.database.read.rows<OfTicket<TicketCommentRow>>(
      `${MERGED} select c.*, m.code from merged m
          cross join lateral (
            select * from ticket_comment c where c.ticket_id = m.id ${isSubscriber(actor) ? 'and not c.is_internal' : ''}
               ${after ? 'and (c.created_at, c.id) > ($3::timestamptz, $4::uuid)' : ''}
             order by c.created_at, c.id limit $2) c
        order by c.created_at, c.id limit $2`,
      [ticket.id, query.limit + 1, ...(after ? [after.at, after.id] : [])],
    );
    return pageOf(rows, query.limit, timeKey);
  }

  /** What was changed, newest first. */
  async history(actor: Actor, code: string, query: PageQuery): Promise<Page<OfTicket<TicketHistoryRow>>> {
    const after = decodeTimeCursor(query.cursor);
    const ticket = await this.get(actor, code);
    const rows = await this.database.read.rows<OfTicket<TicketHistoryRow>>(
      `${MERGED} select h.*, m.code from merged m
          cross join lateral (
            select * from ticket_history h where h.ticket_id = m.id
               ${after ? 'and (h.created_at, h.id) < ($3::timestamptz, $4::uuid)' : ''}
             order by h.created_at desc, h.id desc limit $2) h
        order by h.created_at desc, h.id desc limit $2`,
      [ticket.id, query.limit + 1, ...(after ? [after.at, after.id] : [])],
    );
    return pageOf(rows, query.limit, timeKey);
  }

  /** What the caller asked for, as the database is asked; undefined when nothing can match. */
  async filterOf(actor: Actor, query: Omit<ListTicketsQuery, 'limit' | 'cursor'>): Promise<TicketFilter | undefined> {
    const zone = this.config.time.businessZone;
    const filter: TicketFilter = {
      statuses: query.status,
      priorities: query.priority,
      department: query.department,
      tags: query.tags,
      search: query.search,
      from: query.from === undefined ? undefined : momentOf('from', query.from, zone),
      before: query.to === undefined ? undefined : momentOf('to', query.to, zone, true),
    };
    if (isSubscriber(actor)) filter.ownerId = actor.id;
    if (query.assigned_to !== undefined) {
      const agentId = await this.agentId(actor, query.assigned_to);
      if (agentId === undefined) return undefined;
      filter.agentId = agentId;
    }
    if (query.customer !== undefined) {
      const phone = parsePhone(query.customer, this.config.phoneDefaultCountry)?.e164;
      if (phone) return { ...filter, phone };
      filter.customerId = await this.idOf('customer', query.customer.toUpperCase());
      if (!filter.customerId) return undefined;
    }
    return filter;
  }

  /** Tickets after a place, newest first, with their promises. */
  async page(filter: TicketFilter, limit: number, after?: TimeCursor): Promise<TicketWithSla[]> {
    const { sql, params } = ticketPageSql(filter, limit, after);
    return this.withSla(await this.database.read.rows<TicketRow>(sql, params));
  }

  private async agentId(actor: Actor, asked: string): Promise<string | null | undefined> {
    if (asked === 'NONE') return null;
    if (asked === 'ME') return actor.agent?.id;
    return this.idOf('agent', asked);
  }

  private async idOf(table: 'agent' | 'customer', code: string): Promise<string | undefined> {
    return (await this.database.read.one<{ id: string }>(`select id from ${table} where code = $1`, [code]))?.id;
  }

  private async withSla(rows: TicketRow[]): Promise<TicketWithSla[]> {
    if (rows.length === 0) return [];
    const clocks = await this.database.read.rows<TicketSlaRow>(
      'select * from ticket_sla where ticket_id = any($1::uuid[])',
      [rows.map((row) => row.id)],
    );
    const of = new Map<string, TicketSlaRow[]>(rows.map((row) => [row.id, []]));
    for (const clock of clocks) of.get(clock.ticket_id)?.push(clock);
    return rows.map((row) => ({ ...row, sla: of.get(row.id) ?? [] }));
  }
}
