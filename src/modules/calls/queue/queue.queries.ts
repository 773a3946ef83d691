import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { decodeCursor, isUuid, pageOf } from '../../../platform/http/page';
import { visibleCallsSql } from '../call-access';
import type { CallStatus } from '../call-state';
import type { ShowQueue } from '../calls.dto';
import type { QueuedCall, QueueReply } from '../calls.view';
import { readInstant } from '../calls.input';
import { estimatedWait } from './estimated-wait';
import { priorityOf } from './priority';

interface QueuedRow {
  id: string;
  code: string;
  phone_number: string;
  customer_name: string | null;
  department: string;
  priority_rank: number;
  status: CallStatus;
  queued_at: Date;
  started_at: Date;
  position: number;
  wait: number;
}

/** What a department is able to do at present. */
interface Strength {
  department: string;
  working: number;
  handle_seconds: number | null;
}

const minutes = (seconds: number): number => Math.round((seconds / 60) * 100) / 100;

/** Who waits, in which place, and how long yet. */
@Injectable()
export class QueueQueries {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** The queue as the actor may see it; the figures are of the whole queue he asks for. */
  async show(actor: Actor, query: ShowQueue): Promise<QueueReply> {
    const rows = await this.page(actor, query);
    const page = pageOf(rows, query.limit, (row) => [row.priority_rank, row.queued_at.toISOString(), row.id]);
    const [strengths, figures] = await Promise.all([this.strengths(), this.figures(query.department)]);
    const queue = page.rows.map((row) => queuedView(row, strengths.get(row.department)));
    return {
      success: true,
      queue,
      calls: queue,
      count: queue.length,
      queue_length: figures.waiting,
      available_agents: figures.available,
      average_wait_time: figures.average_wait,
      average_wait_time_minutes: minutes(figures.average_wait),
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  private page(actor: Actor, query: ShowQueue): Promise<QueuedRow[]> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = [`q.state <> 'left'`, visibleCallsSql(actor, 'c', params)];
    if (query.department) where.push(`q.department = ${param(query.department)}`);
    const after = queueCursor(query.cursor);
    if (after) {
      where.push(
        `(q.priority_rank, q.queued_at, q.id) > (${param(after.rank)}::smallint, ${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`,
      );
    }
    return this.database.read.rows<QueuedRow>(
      `select q.id, c.code, c.phone_number, c.customer_name, q.department, q.priority_rank, c.status, q.queued_at,
              c.started_at, floor(extract(epoch from clock_timestamp() - q.queued_at))::int as wait,
              1 + (select count(*) from queue_entry o
                    where o.department = q.department and o.state <> 'left' and o.entered_at <= q.entered_at
                      and (o.priority_rank, o.queued_at, o.id) < (q.priority_rank, q.queued_at, q.id)) as position
         from queue_entry q join call c on c.id = q.call_id
        where ${where.join(' and ')} order by q.priority_rank, q.queued_at, q.id limit ${param(query.limit + 1)}`,
      params,
    );
  }

  /** Agents at work and what a call takes them, by department. */
  async strengths(): Promise<Map<string, Strength>> {
    const rows = await this.database.read.rows<Strength>(
      `select d.name as department,
              (select count(*) from agent a where a.is_active and a.status in ('available', 'offered', 'on_call', 'wrap_up')
                  and (a.departments = '{}' or d.name = any(a.departments))) as working,
              (select avg(h.seconds)::float8 from (
                 select c.talk_time_seconds + c.hold_time_seconds + coalesce((
                          select sum(extract(epoch from i.ended_at - i.started_at)) from call_interval i
                           where i.call_id = c.id and i.kind = 'wrap_up'), 0) as seconds
                   from (select * from call where department = d.name and ended_at > clock_timestamp() - interval '1 hour'
                            and answered_at is not null order by started_at desc, id desc limit 200) c) h) as handle_seconds
         from department_setting d`,
    );
    return new Map(rows.map((row) => [row.department, row]));
  }

  private async figures(department?: string): Promise<{ waiting: number; available: number; average_wait: number }> {
    const row = await this.database.read.one<{ waiting: number; available: number; average_wait: number | null }>(
      `select (select count(*) from queue_entry where state <> 'left' and ($1::text is null or department = $1)) as waiting,
              (select round(avg(extract(epoch from clock_timestamp() - queued_at)), 2)::float8 from queue_entry
                where state <> 'left' and ($1::text is null or department = $1)) as average_wait,
              (select count(*) from agent a where a.is_active and a.status = 'available'
                  and (a.last_seen_at is null or a.last_seen_at > clock_timestamp() - make_interval(secs => $2))
                  and ($1::text is null or a.departments = '{}' or $1 = any(a.departments))) as available`,
      [department ?? null, this.config.calls.heartbeatSeconds],
    );
    return { waiting: row?.waiting ?? 0, available: row?.available ?? 0, average_wait: row?.average_wait ?? 0 };
  }
}

function queueCursor(cursor: string | undefined): { rank: number; at: Date; id: string } | undefined {
  const key = decodeCursor(cursor, 3);
  if (!key) return undefined;
  const [rank, time, id] = key;
  const at = readInstant(time);
  if (typeof rank === 'number' && [0, 1, 2, 3].includes(rank) && at && isUuid(id)) return { rank, at, id };
  throw new Invalid('cursor is not one of ours', { cursor: 'is not one of ours' });
}

function queuedView(row: QueuedRow, strength: Strength | undefined): QueuedCall {
  const estimate = estimatedWait(row.position, strength?.handle_seconds ?? null, strength?.working ?? 0);
  return {
    id: row.code,
    call_id: row.code,
    phone_number: row.phone_number,
    customer_name: row.customer_name,
    department: row.department,
    priority: priorityOf(row.priority_rank),
    status: row.status,
    position: row.position,
    wait_time: row.wait,
    wait_time_minutes: minutes(row.wait),
    estimated_wait: estimate,
    estimated_wait_minutes: estimate === null ? null : minutes(estimate),
    queued_at: row.queued_at.toISOString(),
    created_at: row.started_at.toISOString(),
  };
}
