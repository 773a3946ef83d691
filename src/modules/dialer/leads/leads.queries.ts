import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { searchSql } from '../../../platform/database/search';
import { decodeTimeCursor, pageOf, PageQuery, timeKey } from '../../../platform/http/page';
import { LeadNotFound } from '../dialer.errors';
import { LeadAgents } from '../lead-agents';
import { momentOf } from '../moment';
import type { LeadChangeRow } from './lead.entity';
import { LEAD_FROM, LEAD_SELECT, LeadRepository } from './lead.repository';
import { type LeadRecord, leadView } from './lead.view';
import { leadNumber } from './lead-number';
import type { ListLeads } from './leads.dto';
import { leadChangeView, type LeadHistoryReply, type LeadReply, type LeadsReply } from './leads.view';

/** What is read about leads. Whoever may enter sees all of them. */
@Injectable()
export class LeadsQueries {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly leads: LeadRepository,
    private readonly agents: LeadAgents,
  ) {}

  /** A page of leads, newest first. */
  async list(actor: Actor, query: ListLeads): Promise<LeadsReply> {
    const { sql, params } = await this.listSql(actor, query);
    const page = pageOf(await this.database.read.rows<LeadRecord>(sql, params), query.limit, timeKey);
    return {
      success: true,
      leads: page.rows.map(leadView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** One lead by the id callers know it by. */
  async one(_actor: Actor, id: string): Promise<LeadReply> {
    const row = await this.leads.byNumber(this.database.read, leadNumber(id));
    if (!row) throw new LeadNotFound('Lead not found');
    return { success: true, lead: leadView(row), timestamp: new Date().toISOString() };
  }

  /** What was changed in a lead, newest first. */
  async history(_actor: Actor, id: string, query: PageQuery): Promise<LeadHistoryReply> {
    const lead = await this.database.read.one<{ id: string }>('select id from lead where number = $1', [
      leadNumber(id),
    ]);
    if (!lead) throw new LeadNotFound('Lead not found');
    const after = decodeTimeCursor(query.cursor);
    const rows = await this.database.read.rows<LeadChangeRow>(
      `select * from lead_change where lead_id = $1
          and ($2::timestamptz is null or (created_at, id) < ($2::timestamptz, $3::uuid))
        order by created_at desc, id desc limit $4`,
      [lead.id, after?.at ?? null, after?.id ?? null, query.limit + 1],
    );
    const page = pageOf(rows, query.limit, timeKey);
    return {
      success: true,
      history: page.rows.map(leadChangeView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** The statement of a page; its own method so that a test can ask the database how it would run it. */
  async listSql(actor: Actor, query: ListLeads): Promise<{ sql: string; params: unknown[] }> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where: string[] = [];
    const zone = this.config.time.businessZone;
    const [status, ...more] = query.status ?? [];
    if (status) where.push(more.length ? `l.status = any(${param(query.status)})` : `l.status = ${param(status)}`);
    const agent = query.agent_id ?? query.agent;
    if (agent) where.push(await this.agentSql(actor, agent, param));
    if (query.campaign) where.push(`l.campaign = ${param(query.campaign)}`);
    if (query.from) where.push(`l.created_at >= ${param(momentOf('from', query.from, zone))}`);
    if (query.to) where.push(`l.created_at < ${param(momentOf('to', query.to, zone, true))}`);
    if (query.search) where.push(searchSql(query.search, 'l.search_text', params));
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(l.created_at, l.id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    return {
      sql: `${LEAD_SELECT} ${LEAD_FROM} ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
        order by l.created_at desc, l.id desc limit ${param(query.limit + 1)}`,
      params,
    };
  }

  private async agentSql(actor: Actor, agent: string, param: (value: unknown) => string): Promise<string> {
    if (agent.toLowerCase() === 'none') return 'l.assigned_agent_id is null';
    const id = agent.toLowerCase() === 'me' ? actor.agent?.id : await this.agents.idOf(this.database.read, agent);
    return id ? `l.assigned_agent_id = ${param(id)}` : 'false';
  }
}
