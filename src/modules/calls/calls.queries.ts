import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import { Database } from '../../platform/database/database';
import { type CursorKey, decodeTimeCursor, pageOf } from '../../platform/http/page';
import type { PageQuery } from '../../platform/http/page';
import { parsePhone } from '../../platform/phone/phone';
import { maySeeCall, visibleCallsSql } from './call-access';
import type { Interval } from './call-intervals';
import { clockText } from './call-intervals';
import { CALL_JOINS, CALL_SELECT } from './call-ledger';
import { type CallRow, callView, type CallView } from './call.view';
import type { ListCalls, ListSessions } from './calls.dto';
import { CallNotFound, NoAgentProfile } from './calls.errors';
import type {
  CallHistoryLine,
  CallHistoryReply,
  CallIntervalView,
  CallSession,
  CallsReply,
  OffersReply,
  SessionsReply,
} from './calls.view';

const startedKey = (row: { started_at: Date; id: string }): CursorKey => [row.started_at.toISOString(), row.id];
const now = (): string => new Date().toISOString();

/** What is read about calls; each list answers to what the asking actor may see. */
@Injectable()
export class CallsQueries {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** A page of calls, newest first. */
  async list(actor: Actor, query: ListCalls): Promise<CallsReply> {
    const { sql, params } = this.listSql(actor, query);
    const page = pageOf(await this.database.read.rows<CallRow>(sql, params), query.limit, startedKey);
    return {
      success: true,
      calls: await this.views(page.rows),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: now(),
    };
  }

  /** The statement of a page; its own method so that the bench and a test can ask the database how it runs it. */
  listSql(actor: Actor, query: ListCalls): { sql: string; params: unknown[] } {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = [visibleCallsSql(actor, 'c', params)];
    const statuses = query.status?.filter((status) => status !== 'all');
    if (!query.status) where.push('c.ended_at is null');
    else if (!query.status.includes('all')) {
      where.push(
        statuses?.length === 1 ? `c.status = ${param(statuses[0])}` : `c.status = any(${param(statuses)}::text[])`,
      );
    }
    if (query.direction) where.push(`c.direction = ${param(query.direction)}`);
    if (query.department) where.push(`c.department = ${param(query.department)}`);
    if (query.agent_id) {
      where.push(`c.assigned_agent_id = (select id from agent where code = ${param(query.agent_id)})`);
    }
    if (query.customer_id) {
      where.push(`c.customer_id = (select id from customer where code = ${param(query.customer_id)})`);
    }
    if (query.phone !== undefined) {
      const phone = parsePhone(query.phone, { country: this.config.phoneDefaultCountry, spaceMayBePlus: true });
      // what is no phone number is never matched on
      where.push(phone ? `c.phone_e164 = ${param(phone.e164)}` : 'false');
    }
    if (query.from) where.push(`c.started_at >= ${param(query.from)}`);
    if (query.to) where.push(`c.started_at < ${param(query.to)}`);
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(c.started_at, c.id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    return {
      sql: `select ${CALL_SELECT} from call c ${CALL_JOINS} where ${where.join(' and ')}
            order by c.started_at desc, c.id desc limit ${param(query.limit + 1)}`,
      params,
    };
  }

  /** One call by its public id. */
  async one(actor: Actor, code: string): Promise<CallView> {
    const [view] = await this.views([await this.visible(actor, code)]);
    if (!view) throw new CallNotFound(code);
    return view;
  }

  /** The row of a call the actor may see; throws CallNotFound. */
  async visible(actor: Actor, code: string): Promise<CallRow> {
    const row = await this.database.read.one<CallRow>(
      `select ${CALL_SELECT} from call c ${CALL_JOINS} where c.code = $1`,
      [code],
    );
    if (!row || !maySeeCall(actor, row)) throw new CallNotFound(code);
    return row;
  }

  /** Rows as they are shown; one more query for the intervals of those that go on. */
  async views(rows: CallRow[]): Promise<CallView[]> {
    const going = rows.filter((row) => !row.ended_at).map((row) => row.id);
    const intervals = new Map<string, Interval[]>();
    if (going.length > 0) {
      const found = await this.database.read.rows<Interval & { call_id: string }>(
        `select call_id, kind, started_at as start, ended_at as "end", agent_id as "agentId" from call_interval
          where call_id = any($1::uuid[]) order by call_id, started_at, created_at, id`,
        [going],
      );
      for (const interval of found) {
        intervals.set(interval.call_id, [...(intervals.get(interval.call_id) ?? []), interval]);
      }
    }
    const at = new Date();
    return rows.map((row) => callView(row, intervals.get(row.id), at));
  }

  /** What happened to a call, oldest first, and the intervals its durations are made of. */
  async history(actor: Actor, code: string, query: PageQuery): Promise<CallHistoryReply> {
    const { id } = await this.visible(actor, code);
    const after = decodeTimeCursor(query.cursor);
    const rows = await this.database.read.rows<CallHistoryLine & { id: string; created_at: Date; at: Date }>(
      `select id, at, kind, from_status, to_status, actor, cause, data, created_at from call_change
        where call_id = $1 and ($2::uuid is null or position > (select position from call_change where id = $2))
        order by position limit $3`,
      [id, after?.id ?? null, query.limit + 1],
    );
    const page = pageOf(rows, query.limit, (row) => [row.created_at.toISOString(), row.id]);
    const intervals = await this.database.read.rows<CallIntervalView & { started_at: Date; ended_at: Date | null }>(
      `select i.kind, a.code as agent_id, i.started_at, i.ended_at from call_interval i
         left join agent a on a.id = i.agent_id where i.call_id = $1 order by i.started_at, i.created_at, i.id`,
      [id],
    );
    return {
      success: true,
      call_id: code,
      events: page.rows.map(({ at, kind, from_status, to_status, actor: who, cause, data }) => ({
        at: (at as Date).toISOString(),
        kind,
        from_status,
        to_status,
        actor: who,
        cause,
        data,
      })),
      intervals: intervals.map((interval) => ({
        ...interval,
        started_at: (interval.started_at as Date).toISOString(),
        ended_at: (interval.ended_at as Date | null)?.toISOString() ?? null,
      })),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: now(),
    };
  }

  /** Calls as the dashboards list them: an admin sees all, an agent his own, a subscriber his own. */
  async sessions(actor: Actor, query: ListSessions): Promise<SessionsReply> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = [this.ownSql(actor, param)];
    if (query.status && !query.status.includes('all')) where.push(`c.status = any(${param(query.status)}::text[])`);
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(c.started_at, c.id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    return this.sessionPage(where, params, query.limit);
  }

  /** A page of sessions under these conditions. */
  async sessionPage(where: string[], params: unknown[], limit: number): Promise<SessionsReply> {
    const rows = await this.database.read.rows<SessionRow>(
      `select c.id, c.code, c.direction, c.phone_number, c.status, c.started_at, c.ended_at, ca.code as agent_code,
              ca.name as agent_name, c.owner_user_id, trim(u.first_name || ' ' || u.last_name) as user_name, u.email,
              case when c.ended_at is null then floor(extract(epoch from clock_timestamp() - c.started_at))::int
                   else c.total_duration_seconds end as seconds,
              (select left(string_agg(m.speaker || ': ' || m.content, E'\\n' order by m.sequence), 200)
                 from transcript_message m where m.call_id = c.id and m.sequence <= 5) as said
         from call c left join agent ca on ca.id = c.assigned_agent_id left join user_account u on u.id = c.owner_user_id
        where ${where.join(' and ')} order by c.started_at desc, c.id desc limit $${params.push(limit + 1)}`,
      params,
    );
    const page = pageOf(rows, limit, startedKey);
    return {
      success: true,
      calls: page.rows.map(sessionView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: now(),
    };
  }

  private ownSql(actor: Actor, param: (value: unknown) => string): string {
    if (actor.kind !== 'user' || actor.role === 'admin') return 'true';
    if (actor.agent) return `c.assigned_agent_id = ${param(actor.agent.id)}::uuid`;
    return `c.owner_user_id = ${param(actor.id)}::uuid`;
  }

  /** The calls offered to the asking agent. */
  async offers(actor: Actor): Promise<OffersReply> {
    if (!actor.agent) throw new NoAgentProfile();
    const rows = await this.database.read.rows<CallRow & { offer_id: string; purpose: string; expires_at: Date }>(
      `select ${CALL_SELECT}, o.id as offer_id, o.purpose, o.expires_at
         from call_offer o join call c on c.id = o.call_id ${CALL_JOINS}
        where o.agent_id = $1 and o.state = 'live' order by o.offered_at`,
      [actor.agent.id],
    );
    const views = await this.views(rows);
    return {
      success: true,
      offers: rows.map((row, n) => ({
        offer_id: row.offer_id,
        purpose: row.purpose,
        expires_at: row.expires_at.toISOString(),
        call: views[n] as CallView,
      })),
      count: rows.length,
      next_cursor: null,
      timestamp: now(),
    };
  }
}

interface SessionRow {
  id: string;
  code: string;
  direction: string;
  phone_number: string;
  status: CallSession['status'];
  started_at: Date;
  ended_at: Date | null;
  agent_code: string | null;
  agent_name: string | null;
  owner_user_id: string | null;
  user_name: string | null;
  email: string | null;
  seconds: number;
  said: string | null;
}

const sessionView = (row: SessionRow): CallSession => ({
  id: row.code,
  call_type: row.direction,
  phone_number: row.phone_number,
  status: row.status,
  started_at: row.started_at.toISOString(),
  ended_at: row.ended_at?.toISOString() ?? null,
  duration: clockText(row.seconds),
  duration_seconds: row.seconds,
  recording_url: null,
  user: row.owner_user_id && row.email ? { id: row.owner_user_id, name: row.user_name ?? '', email: row.email } : null,
  agent: row.agent_code ? { id: row.agent_code, employee_id: row.agent_code, name: row.agent_name ?? '' } : null,
  ai_transcript: row.said,
  customer_satisfaction: null,
});
