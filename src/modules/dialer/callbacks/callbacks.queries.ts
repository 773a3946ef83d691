import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Database } from '../../../platform/database/database';
import { decodeTimeCursor, pageOf } from '../../../platform/http/page';
import { LeadAgents } from '../lead-agents';
import { leadNumber } from '../leads/lead-number';
import { CALLBACK_SELECT } from './callback.repository';
import { stateSql } from './callback-state';
import { type CallbackRecord, type CallbacksReply, callbackView } from './callback.view';
import type { ListCallbacks } from './callbacks.dto';

/** What is read about callbacks. */
@Injectable()
export class CallbacksQueries {
  constructor(
    private readonly database: Database,
    private readonly agents: LeadAgents,
  ) {}

  /** A page of callbacks, the earliest first. */
  async list(actor: Actor, query: ListCallbacks): Promise<CallbacksReply> {
    const { sql, params } = await this.listSql(actor, query);
    const rows = await this.database.read.rows<CallbackRecord>(sql, params);
    const page = pageOf(rows, query.limit, (row) => [row.due_at.toISOString(), row.id]);
    return {
      success: true,
      callbacks: page.rows.map((row) => callbackView(row)),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** The statement of a page; its own method so that a test can ask the database how it would run it. */
  async listSql(actor: Actor, query: ListCallbacks): Promise<{ sql: string; params: unknown[] }> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = [stateSql(query.state ?? 'open', 'b')];
    if (query.mine) where.push(actor.agent ? `b.agent_id = ${param(actor.agent.id)}` : 'false');
    if (query.agent_id) where.push(await this.agentSql(query.agent_id, param));
    if (query.lead_id) {
      where.push(`b.lead_id = (select id from lead where number = ${param(leadNumber(query.lead_id))})`);
    }
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(b.due_at, b.id) > (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    return {
      sql: `${CALLBACK_SELECT} where ${where.join(' and ')} order by b.due_at, b.id limit ${param(query.limit + 1)}`,
      params,
    };
  }

  private async agentSql(code: string, param: (value: unknown) => string): Promise<string> {
    if (code.toLowerCase() === 'none') return 'b.agent_id is null';
    const id = await this.agents.idOf(this.database.read, code);
    return id ? `b.agent_id = ${param(id)}` : 'false';
  }
}
