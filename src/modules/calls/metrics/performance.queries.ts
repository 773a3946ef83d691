import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Reader } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { decodeTimeCursor } from '../../../platform/http/page';
import { AgentCallFigures, type CallFigures } from '../../agents';
import { readStatus } from '../call-state';
import { NoAgentProfile, TargetAgentNotFound } from '../calls.errors';
import { CallsQueries } from '../calls.queries';
import type { SessionsReply } from '../calls.view';
import type { CallHistoryQuery, PerformanceQuery } from './metrics.dto';
import type { PerformanceReply } from './metrics.view';

interface Sums {
  total: number;
  completed: number;
  talk: number | null;
}

const rate = ({ completed, total }: Sums): number => (total === 0 ? 0 : Math.round((completed / total) * 10_000) / 100);
const seconds = (talk: number | null): number => Math.round((talk ?? 0) * 100) / 100;
const minutes = (talk: number | null): number => Math.round(((talk ?? 0) / 60) * 100) / 100;

/** An agent's call counts from here on; `completed` are those that ended as such, `talk` their mean talk and hold. */
const SUMS = `count(*) as total, count(*) filter (where c.status = 'completed') as completed,
  avg(c.talk_time_seconds + c.hold_time_seconds) filter (where c.status = 'completed')::float8 as talk`;

/** What agents have done, from their calls. */
@Injectable()
export class PerformanceQueries implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly calls: CallsQueries,
    private readonly figures: AgentCallFigures,
  ) {}

  onModuleInit(): void {
    this.figures.use(this);
  }

  /** An agent's performance over the last days, today included. */
  async performance(actor: Actor, query: PerformanceQuery): Promise<PerformanceReply> {
    const agent = await this.agentFor(actor, query.agent_id);
    const zone = this.config.time.businessZone;
    const today = DateTime.now().setZone(zone).startOf('day');
    const start = today.minus({ days: query.days - 1 });
    const rows = await this.database.read.rows<Sums & { day: string }>(
      `select (c.started_at at time zone $3)::date::text as day, ${SUMS} from call c
        where c.assigned_agent_id = $1 and c.started_at >= $2 group by 1 order by 1`,
      [agent.id, start.toJSDate(), zone],
    );
    const sums = await this.sums(this.database.read, agent.id, start.toJSDate());
    const now = await this.current(agent.id);
    const todays = rows.find((row) => row.day === today.toISODate());
    return {
      success: true,
      agent_id: agent.code,
      period: { start_date: start.toISODate() ?? '', end_date: today.toISODate() ?? '', days: query.days },
      summary: {
        total_calls: sums.total,
        completed_calls: sums.completed,
        success_rate: rate(sums),
        average_talk_time: seconds(sums.talk),
        average_talk_time_minutes: minutes(sums.talk),
        customer_satisfaction: null,
      },
      daily_performance: rows.map((row) => ({
        date: row.day,
        total_calls: row.total,
        completed_calls: row.completed,
        avg_talk_time: seconds(row.talk),
        customer_satisfaction: null,
        success_rate: rate(row),
        calls: this.callsOf(agent.code, row.day),
      })),
      current_metrics: {
        status: agent.status,
        today_calls: todays?.total ?? 0,
        completed_calls: todays?.completed ?? 0,
        active_calls: now.active,
        missed_offers: now.missed,
      },
      timestamp: new Date().toISOString(),
    };
  }

  private callsOf(code: string, day: string): string {
    const from = DateTime.fromISO(day, { zone: this.config.time.businessZone });
    const iso = (at: DateTime): string => at.toUTC().toISO() ?? '';
    return `/api/calls?agent_id=${code}&status=all&from=${iso(from)}&to=${iso(from.plus({ days: 1 }))}`;
  }

  private async current(agentId: string): Promise<{ active: number; missed: number }> {
    const row = await this.database.read.one<{ active: number; missed: number }>(
      `select (select count(*) from agent_slot where agent_id = $1 and call_id is not null) as active,
              coalesce((select missed_offers from agent_desk where agent_id = $1), 0) as missed`,
      [agentId],
    );
    return row ?? { active: 0, missed: 0 };
  }

  private async sums(reader: Reader, agentId: string, from: Date | null): Promise<Sums> {
    const row = await reader.one<Sums>(
      `select ${SUMS} from call c
        where c.assigned_agent_id = $1 and ($2::timestamptz is null or c.started_at >= $2)`,
      [agentId, from],
    );
    return row ?? { total: 0, completed: 0, talk: null };
  }

  /** An agent's calls, newest first. */
  async history(actor: Actor, query: CallHistoryQuery): Promise<SessionsReply> {
    const agent = await this.agentFor(actor, query.agent_id);
    const params: unknown[] = [agent.id];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = ['c.assigned_agent_id = $1'];
    if (query.status && query.status.trim().toLowerCase() !== 'all') {
      const statuses = query.status.split(',').map((word) => {
        const status = readStatus(word);
        if (!status)
          throw new Invalid('status is no status of a call', { status: `has no ${word.trim().slice(0, 40)}` });
        return status;
      });
      where.push(`c.status = any(${param(statuses)}::text[])`);
    }
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(c.started_at, c.id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    return this.calls.sessionPage(where, params, query.limit);
  }

  /** The asking agent, or the one asked about by an admin, a service, or a supervisor. */
  private async agentFor(
    actor: Actor,
    code: string | undefined,
  ): Promise<{ id: string; code: string; status: string }> {
    const mayAskAbout = actor.kind !== 'user' || actor.role === 'admin' || (actor.agent?.isSupervisor ?? false);
    if (code && code !== actor.agent?.code && !mayAskAbout) throw new TargetAgentNotFound(code);
    if (!code && !actor.agent) throw new NoAgentProfile();
    const row = await this.database.read.one<{ id: string; code: string; status: string }>(
      'select id, code, status from agent where code = $1',
      [code ?? actor.agent?.code],
    );
    if (!row) throw new TargetAgentNotFound(code ?? '');
    return row;
  }

  /** What an agent's profile shows of his calls. */
  async figuresOf(reader: Reader, agentId: string): Promise<CallFigures> {
    const midnight = DateTime.now().setZone(this.config.time.businessZone).startOf('day').toJSDate();
    const all = await this.sums(reader, agentId, null);
    const today = await this.sums(reader, agentId, midnight);
    const { calls } = await this.calls.sessionPage(['c.assigned_agent_id = $1'], [agentId], 10);
    return {
      performance: {
        total_calls: all.total,
        successful_calls: all.completed,
        success_rate: rate(all),
        average_call_duration: minutes(all.talk),
        customer_satisfaction: null,
      },
      today_performance:
        today.total === 0
          ? null
          : { calls: today.total, completed: today.completed, avg_talk_time: minutes(today.talk), satisfaction: null },
      recent_calls: calls.map((call) => ({ ...call })),
    };
  }
}
