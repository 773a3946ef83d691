import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Database } from '../../../platform/database/database';
import { decodeTimeCursor, pageOf, timeKey } from '../../../platform/http/page';
import { SalesProcessNotFound } from '../dtech.errors';
import type { ListSales } from './sales.dto';
import type { SalesProcessRow } from './sales-process.entity';
import { maySeeSale } from './sales-process.repository';
import { type SalesProcessesReply, type SalesProcessReply, salesProcessView } from './sales-process.view';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What is read about sales: agents see what they started, admins and API keys everything. */
@Injectable()
export class SalesQueries {
  constructor(private readonly database: Database) {}

  /** A page of sales processes, newest first. */
  async list(actor: Actor, query: ListSales): Promise<SalesProcessesReply> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where: string[] = [];
    if (actor.kind === 'user' && actor.role !== 'admin') where.push(`owner_user_id = ${param(actor.id)}`);
    if (query.status) where.push(`status = ${param(query.status)}`);
    if (query.agent_id) where.push(`agent_id = ${param(query.agent_id)}`);
    if (query.call_id) where.push(`call_id = ${param(query.call_id)}`);
    if (query.lead_id !== undefined) where.push(`lead_id = ${param(query.lead_id)}`);
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(created_at, id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    const rows = await this.database.read.rows<SalesProcessRow>(
      `select * from sales_process ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
        order by created_at desc, id desc limit ${param(query.limit + 1)}`,
      params,
    );
    const page = pageOf(rows, query.limit, timeKey);
    return {
      sales_processes: page.rows.map(salesProcessView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
    };
  }

  /** One process, by the gateway's id or our own. */
  async one(actor: Actor, spid: string): Promise<SalesProcessReply> {
    const row = await this.database.read.one<SalesProcessRow>(
      `select * from sales_process where sales_process_id = $1 or id = $2`,
      [spid, UUID.test(spid) ? spid : null],
    );
    if (!row || !maySeeSale(actor, row)) throw new SalesProcessNotFound(spid);
    return { sales_process: salesProcessView(row) };
  }
}
