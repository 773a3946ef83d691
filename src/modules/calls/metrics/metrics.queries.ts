import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { Departments } from '../queue/departments';
import type { MetricsQuery } from './metrics.dto';
import type { DepartmentFigures, LiveMetricsReply, MetricsReply } from './metrics.view';
import { DEFINITIONS, figuresFromCounts } from './service-level';

interface CountRow {
  department: string;
  target: number;
  short: number;
  answered: number;
  abandoned: number;
  callback: number;
  overflow: number;
  waiting: number;
  in_time: number;
  short_abandons: number;
  answered_seconds: number;
  handle: number | null;
  occupied: number | null;
  signed_in: number | null;
}

const LONGEST_DAYS = 92;

/** The figures of the queues. Each can be counted again from the rows behind it. */
@Injectable()
export class MetricsQueries {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly departments: Departments,
  ) {}

  /** Figures of the waits that began, and the calls that ended, in a time. */
  async historical(actor: Actor, query: MetricsQuery): Promise<MetricsReply> {
    const to = query.to ?? new Date();
    const from = query.from ?? new Date(to.getTime() - 86_400_000);
    if (from >= to) throw new Invalid('from must be before to', { from: 'must be before to' });
    if (to.getTime() - from.getTime() > LONGEST_DAYS * 86_400_000) {
      throw new Invalid(`from must be at most ${LONGEST_DAYS} days before to`, {
        from: `at most ${LONGEST_DAYS} days`,
      });
    }
    return {
      success: true,
      from: from.toISOString(),
      to: to.toISOString(),
      departments: await this.figures(this.wanted(actor, query.department), from, to),
      definitions: { ...DEFINITIONS },
      timestamp: new Date().toISOString(),
    };
  }

  /** The departments as they stand this moment, and today's figures. */
  async live(actor: Actor, query: MetricsQuery): Promise<LiveMetricsReply> {
    const wanted = this.wanted(actor, query.department);
    const midnight = DateTime.now().setZone(this.config.time.businessZone).startOf('day').toJSDate();
    const today = await this.figures(wanted, midnight, new Date(Date.now() + 1000));
    const rows = await this.database.read.rows<{
      department: string;
      waiting: number;
      longest: number;
      busy: number;
      agents: Record<string, number> | null;
    }>(
      `select d.name as department,
              (select count(*) from queue_entry q where q.department = d.name and q.state <> 'left') as waiting,
              coalesce((select floor(extract(epoch from clock_timestamp() - min(q.queued_at))) from queue_entry q
                 where q.department = d.name and q.state <> 'left'), 0)::int as longest,
              (select count(*) from call c where c.ended_at is null and c.department = d.name
                  and c.status in ('in_progress', 'on_hold')) as busy,
              (select jsonb_object_agg(s.status, s.n) from (
                 select a.status, count(*) as n from agent a
                  where a.is_active and (a.departments = '{}' or d.name = any(a.departments)) group by a.status) s) as agents
         from department_setting d where d.name = any($1::text[]) order by d.name`,
      [wanted],
    );
    const figures = new Map(today.map((one) => [one.department, one]));
    return {
      success: true,
      departments: rows.map((row) => ({
        department: row.department,
        waiting: row.waiting,
        longest_wait_seconds: row.longest,
        calls_in_progress: row.busy,
        agents: row.agents ?? {},
        today: figures.get(row.department) as DepartmentFigures,
      })),
      definitions: { ...DEFINITIONS },
      timestamp: new Date().toISOString(),
    };
  }

  /** The departments asked for, as far as the actor works for them. */
  private wanted(actor: Actor, department: string | undefined): string[] {
    const own = actor.agent?.departments ?? [];
    const isLimited = actor.kind === 'user' && actor.role !== 'admin' && own.length > 0;
    const mine = this.departments.names.filter((name) => !isLimited || own.includes(name));
    if (!department) return mine;
    const name = this.departments.require(department);
    return mine.filter((one) => one === name);
  }

  private async figures(departments: readonly string[], from: Date, to: Date): Promise<DepartmentFigures[]> {
    const rows = await this.database.read.rows<CountRow>(
      `select d.name as department, d.service_level_seconds as target, d.short_abandon_seconds as short,
              w.*, h.handle, o.occupied, o.signed_in
         from department_setting d
         cross join lateral (
           select count(*) filter (where outcome = 'answered') as answered,
                  count(*) filter (where outcome = 'abandoned') as abandoned,
                  count(*) filter (where outcome = 'callback') as callback,
                  count(*) filter (where outcome = 'overflow') as overflow,
                  count(*) filter (where outcome is null) as waiting,
                  count(*) filter (where outcome = 'answered'
                    and left_at - entered_at <= make_interval(secs => d.service_level_seconds)) as in_time,
                  count(*) filter (where outcome = 'abandoned'
                    and left_at - entered_at < make_interval(secs => d.short_abandon_seconds)) as short_abandons,
                  coalesce(sum(extract(epoch from left_at - entered_at)) filter (where outcome = 'answered'), 0)::float8
                    as answered_seconds
             from queue_entry q where q.department = d.name and q.entered_at >= $2 and q.entered_at < $3) w
         cross join lateral (
           select avg(c.talk_time_seconds + c.hold_time_seconds + coalesce((
                    select sum(extract(epoch from i.ended_at - i.started_at)) from call_interval i
                     where i.call_id = c.id and i.kind = 'wrap_up'), 0))::float8 as handle
             from call c where c.department = d.name and c.ended_at >= $2 and c.ended_at < $3
              and c.answered_at is not null) h
         cross join lateral (
           select sum(seconds) filter (where status in ('on_call', 'wrap_up'))::float8 as occupied,
                  sum(seconds)::float8 as signed_in
             from (select s.status, extract(epoch from least(coalesce(s.ended_at, clock_timestamp()), $3)
                            - greatest(s.started_at, $2)) as seconds
                     from agent_status_interval s join agent a on a.id = s.agent_id
                    where s.status in ('available', 'offered', 'on_call', 'wrap_up')
                      and s.started_at < $3 and (s.ended_at is null or s.ended_at > $2)
                      and (a.departments = '{}' or d.name = any(a.departments))) t) o
        where d.name = any($1::text[]) order by d.name`,
      [departments, from, to],
    );
    return rows.map(figuresView);
  }
}

const twoDecimals = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100);

function figuresView(row: CountRow): DepartmentFigures {
  const figures = figuresFromCounts({
    answered: row.answered,
    abandoned: row.abandoned,
    callback: row.callback,
    overflow: row.overflow,
    waiting: row.waiting,
    answeredInTime: row.in_time,
    shortAbandons: row.short_abandons,
    answeredSeconds: row.answered_seconds,
  });
  return {
    department: row.department,
    queued: figures.queued,
    answered: figures.answered,
    abandoned: figures.abandoned,
    callback: figures.callback,
    overflow: figures.overflow,
    waiting: figures.waiting,
    answered_in_time: figures.answeredInTime,
    short_abandons: figures.shortAbandons,
    target_seconds: row.target,
    short_abandon_seconds: row.short,
    service_level: figures.serviceLevel,
    service_level_without_short_abandons: figures.serviceLevelWithoutShortAbandons,
    average_speed_of_answer: figures.averageSpeedOfAnswer,
    abandonment_rate: figures.abandonmentRate,
    average_handle_time: twoDecimals(row.handle),
    occupancy: row.signed_in ? twoDecimals(((row.occupied ?? 0) / row.signed_in) * 100) : null,
  };
}
