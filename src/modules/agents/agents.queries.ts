import { Injectable } from '@nestjs/common';
import type { AgentProfiles } from '../../platform/access/authenticator';
import type { Actor, AgentProfile } from '../../platform/access/actor';
import { Database } from '../../platform/database/database';
import { searchSql } from '../../platform/database/search';
import { Forbidden, Invalid } from '../../platform/errors';
import { decodeCursor, decodeTimeCursor, isUuid, type PageQuery, pageOf } from '../../platform/http/page';
import { AgentCallFigures } from './agent-call-figures';
import { AGENT_COLUMNS } from './agent-columns';
import { type AgentProfileReply, agentProfileView } from './agent-profile.view';
import type { AgentStatusIntervalRow } from './agent-status-interval.entity';
import type { AgentRow } from './agent.entity';
import {
  type AgentReply,
  type AgentsReply,
  type AgentWithSkills,
  agentView,
  type StatusHistoryReply,
} from './agent.view';
import type { ListAgents } from './agents.dto';
import { AgentNotFound, NoAgentProfile } from './agents.errors';
import { AGENT_WITH_SKILLS, AgentsRepository } from './agents.repository';
import { mayManage } from './agents.service';

/** How a dialer names its agent. */
export interface DialerAgent {
  dialer_user_id?: string | null;
  user?: string | null;
}

/** What is read about agents. */
@Injectable()
export class AgentsQueries implements AgentProfiles {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentsRepository,
    private readonly figures: AgentCallFigures,
  ) {}

  /** A page of agents, in the order in which they were added. */
  async list(_actor: Actor, query: ListAgents): Promise<AgentsReply> {
    const { sql, params } = this.listSql(query);
    const page = pageOf(await this.database.read.rows<AgentWithSkills>(sql, params), query.limit, (row) => [row.id]);
    return {
      success: true,
      agents: page.rows.map(agentView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** One agent by number. */
  async one(_actor: Actor, code: string): Promise<AgentReply> {
    const row = await this.agents.byCode(this.database.read, code);
    if (!row) throw new AgentNotFound(code);
    return { success: true, agent: agentView(row), timestamp: new Date().toISOString() };
  }

  /** The caller's own profile. */
  async profile(actor: Actor): Promise<AgentProfileReply> {
    const row = actor.agent ? await this.agents.byId(this.database.read, actor.agent.id) : undefined;
    if (!row) throw new NoAgentProfile();
    const figures = await this.figures.of(this.database.read, row.id);
    return { success: true, ...agentProfileView(row, figures), timestamp: new Date().toISOString() };
  }

  /** A page of an agent's statuses, newest first: for himself, his supervisors, admins and services. */
  async statusHistory(actor: Actor, code: string, query: PageQuery): Promise<StatusHistoryReply> {
    const agent = await this.agents.byCode(this.database.read, code);
    if (!agent) throw new AgentNotFound(code);
    if (!mayManage(actor, agent)) throw new Forbidden('You may not see the history of this agent');
    const after = decodeTimeCursor(query.cursor);
    const rows = await this.database.read.rows<AgentStatusIntervalRow & { seconds: number }>(
      `select *, greatest(0, extract(epoch from coalesce(ended_at, now()) - started_at))::float8 as seconds
         from agent_status_interval
        where agent_id = $1 ${after ? 'and (started_at, id) < ($3::timestamptz, $4::uuid)' : ''}
        order by started_at desc, id desc limit $2`,
      [agent.id, query.limit + 1, ...(after ? [after.at, after.id] : [])],
    );
    const page = pageOf(rows, query.limit, (row) => [row.started_at.toISOString(), row.id]);
    return {
      success: true,
      agent_id: agent.code,
      history: page.rows.map((row) => ({
        status: row.status,
        reason: row.reason,
        from: row.started_at.toISOString(),
        to: row.ended_at?.toISOString() ?? null,
        seconds: row.seconds,
        changed_by: row.changed_by,
      })),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** The agent profile behind an account, for access; a disabled agent has none. */
  async profileOf(userId: string): Promise<AgentProfile | undefined> {
    return this.database.read.one<AgentProfile>(
      `select id, code, departments, is_supervisor as "isSupervisor" from agent where user_id = $1 and is_active`,
      [userId],
    );
  }

  /**
   * The active agent a dialer means: by the dialer name given, else by `user`, which is a dialer name or the part of the
   * agent's e-mail before the @. Letter case does not matter. A name that fits two agents equally fits none.
   */
  async findForDialer(named: DialerAgent): Promise<AgentRow | undefined> {
    const { sql, params } = this.dialerSql(named);
    const rows = await this.database.read.rows<AgentRow & { rank: number }>(sql, params);
    const [best, next] = rows;
    if (!best || best.rank === next?.rank) return undefined;
    const { rank: _rank, ...agent } = best;
    return agent;
  }

  /** The statement behind `findForDialer`: at most two candidates, the best first. */
  dialerSql(named: DialerAgent): { sql: string; params: unknown[] } {
    return {
      sql: `select ${AGENT_COLUMNS}, case
                when lower(dialer_user_id) = lower($1) then 1
                when lower(dialer_user_id) = lower($2) then 2 else 3 end as rank
              from agent
             where is_active and (lower(dialer_user_id) = lower($1::text) or lower(dialer_user_id) = lower($2::text) or
               lower(split_part(email, '@', 1)) = lower($2))
             order by rank limit 2`,
      params: [plain(named.dialer_user_id), plain(named.user)],
    };
  }

  /** The statement of a page; its own method so that a test can ask the database how it would run it. */
  listSql(query: ListAgents): { sql: string; params: unknown[] } {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = [`is_active = ${param(query.is_active ?? true)}`];
    if (query.status) where.push(`status = ${param(query.status)}`);
    if (query.department) {
      where.push(`(departments @> array[${param(query.department.toLowerCase())}::text] or departments = '{}')`);
    }
    if (query.search) where.push(searchSql(query.search, 'search_text', params));
    const after = decodeCursor(query.cursor, 1);
    if (after) {
      if (!isUuid(after[0])) throw new Invalid('cursor is not one of ours', { cursor: 'is not one of ours' });
      where.push(`id > ${param(after[0])}::uuid`);
    }
    return {
      sql: `select ${AGENT_WITH_SKILLS} from agent where ${where.join(' and ')}
            order by id limit ${param(query.limit + 1)}`,
      params,
    };
  }
}

/** A name as it can be compared; null matches nothing. */
const plain = (name: string | null | undefined): string | null => {
  const text = name?.replaceAll('\0', '').trim();
  return text ? text : null;
};
