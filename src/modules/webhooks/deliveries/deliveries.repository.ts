import { Injectable } from '@nestjs/common';
import { Database, type Reader, type Tx } from '../../../platform/database/database';
import type { NumberedEvent } from '../../../platform/events/planners';
import { newId } from '../../../platform/time/ids';
import { OPENS_AFTER } from './breaker';
import type { WebhookRow } from '../endpoints/webhook.entity';
import type { Told } from '../standard/envelope';

const PLAN_CHUNK = 2000;

/** A delivery in hand, with what its event says; `data` is null when the event is no longer kept. */
export interface Claimed extends Omit<Told, 'data'> {
  id: string;
  lease: string;
  attempts: number;
  step: number;
  data: Record<string, unknown> | null;
}

/** What came of a claimed delivery, for its row and for the log of attempts. */
export interface Finished {
  delivery_id: string;
  lease: string;
  number: number;
  started_at: string;
  duration_ms: number;
  status: number | null;
  error: string | null;
  response: string | null;
  /** Milliseconds until the next attempt; null when this was the last. */
  delay_ms: number | null;
  outcome: 'pending' | 'delivered' | 'failed';
}

/** What the results of a moment say about an endpoint. */
export interface Health {
  webhook_id: string;
  failures: number;
  succeeded: boolean;
  open_ms: number;
}

/** The SQL of deliveries. Times are the database's own. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: Database) {}

  /** Owes each event to each endpoint given with it; what is owed already stays as it is. Returns how many are new. */
  async owe(tx: Tx, owed: readonly { event: NumberedEvent; webhookIds: readonly string[] }[]): Promise<number> {
    const rows = owed.flatMap(({ event, webhookIds }) => webhookIds.map((webhookId) => ({ event, webhookId })));
    let made = 0;
    for (let start = 0; start < rows.length; start += PLAN_CHUNK) {
      const chunk = rows.slice(start, start + PLAN_CHUNK);
      const inserted = await tx.rows(
        `insert into webhook_delivery (id, webhook_id, event_id, seq, event_name, aggregate, is_test)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::boolean[])
         on conflict (event_id, webhook_id) do nothing returning 1`,
        [
          chunk.map(() => newId()),
          chunk.map((row) => row.webhookId),
          chunk.map((row) => row.event.id),
          chunk.map((row) => row.event.seq),
          chunk.map((row) => row.event.name),
          chunk.map((row) => row.event.aggregate),
          chunk.map((row) => row.event.is_test),
        ],
      );
      made += inserted.length;
    }
    return made;
  }

  /** The endpoint when it may be sent to now: active, and its breaker not open. */
  async ready(webhookId: string): Promise<WebhookRow | undefined> {
    return this.database.read.one<WebhookRow>(
      `select * from webhook where id = $1 and status = 'active' and (open_until is null or open_until <= now())`,
      [webhookId],
    );
  }

  /**
   * Takes up to `limit` due deliveries under a lease. With an order per object, one waits while an earlier one of its
   * object is pending: that one's row is committed as pending until it is acknowledged, so no race can overtake it.
   */
  async claim(webhook: WebhookRow, limit: number, leaseMs: number, worker: string): Promise<Claimed[]> {
    const inOrder =
      webhook.ordering === 'per_object'
        ? `and not exists (select 1 from webhook_delivery earlier
             where earlier.webhook_id = $1 and earlier.status = 'pending'
               and earlier.aggregate = d.aggregate and earlier.seq < d.seq)`
        : '';
    const rows = await this.database.transaction((tx) =>
      tx.rows<Claimed>(
        `with due as materialized (
           select d.id from webhook_delivery d
           where d.webhook_id = $1 and d.status = 'pending' and d.next_attempt_at <= now()
             and (d.leased_until is null or d.leased_until < now()) ${inOrder}
           order by d.next_attempt_at, d.seq limit $2 for no key update skip locked)
         update webhook_delivery d set leased_until = now() + make_interval(secs => $3), lease = $4, leased_by = $5
         from due
         where d.id = due.id and exists (
           select 1 from webhook w where w.id = $1 and w.status = 'active')
         returning d.id, d.lease, d.attempts, d.step, d.event_id, d.event_name, d.seq, d.is_test,
           (select e.data from event e where e.id = d.event_id) as data,
           (select e.occurred_at from event e where e.id = d.event_id) as occurred_at`,
        [webhook.id, limit, leaseMs / 1000, newId(), worker],
      ),
    );
    return rows.sort((a, b) => a.seq - b.seq);
  }

  /** Writes many results at once; a lease that has passed to another worker is not touched, one that lapsed counts. */
  async acknowledge(tx: Tx, results: readonly Finished[]): Promise<void> {
    await tx.rows(
      `update webhook_delivery d set
         status = r.outcome, attempts = d.attempts + 1, step = d.step + 1,
         next_attempt_at = case when r.delay_ms is null then d.next_attempt_at
                                else now() + make_interval(secs => r.delay_ms / 1000.0) end,
         leased_until = null, lease = null, leased_by = null, last_status = r.status, last_error = r.error,
         finished_at = case when r.outcome = 'pending' then null else now() end
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::text[])
         as r(id, lease, outcome, delay_ms, status, error)
       where d.id = r.id and d.status = 'pending' and (d.lease = r.lease or d.lease is null)`,
      [
        results.map((r) => r.delivery_id),
        results.map((r) => r.lease),
        results.map((r) => r.outcome),
        results.map((r) => r.delay_ms),
        results.map((r) => r.status),
        results.map((r) => r.error),
      ],
    );
    await tx.rows(
      `insert into webhook_attempt (id, delivery_id, number, started_at, duration_ms, status, error, response)
       select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::int[], $6::int[], $7::text[], $8::text[])`,
      [
        results.map(() => newId()),
        results.map((r) => r.delivery_id),
        results.map((r) => r.number),
        results.map((r) => r.started_at),
        results.map((r) => r.duration_ms),
        results.map((r) => r.status),
        results.map((r) => r.error),
        results.map((r) => r.response),
      ],
    );
  }

  /** Keeps what the results say about their endpoints. A success in the same moment as failures closes the breaker. */
  async noteHealth(tx: Tx, health: readonly Health[]): Promise<void> {
    await tx.rows(
      `update webhook w set
         consecutive_failures = case when h.succeeded then 0 else least(w.consecutive_failures + h.failures, greatest($5, w.consecutive_failures + 1)) end,
         failing_since = case when h.succeeded then null else coalesce(w.failing_since, now()) end,
         open_until = case when h.open_ms > 0 then greatest(w.open_until, now() + make_interval(secs => h.open_ms / 1000.0))
                           when h.succeeded then null else w.open_until end,
         last_success_at = case when h.succeeded then now() else w.last_success_at end,
         last_failure_at = case when h.failures > 0 then now() else w.last_failure_at end
       from (select * from unnest($1::uuid[], $2::int[], $3::boolean[], $4::int[])
               as h(id, failures, succeeded, open_ms)) h
       where w.id = h.id`,
      [
        health.map((h) => h.webhook_id),
        health.map((h) => h.failures),
        health.map((h) => h.succeeded),
        health.map((h) => h.open_ms),
        OPENS_AFTER,
      ],
    );
  }

  /** Takes back what is still owed to an endpoint that is told nothing more. */
  async cancel(tx: Tx, webhookId: string): Promise<void> {
    await tx.rows(
      `update webhook_delivery set status = 'cancelled', finished_at = now(), leased_until = null, lease = null, leased_by = null
       where webhook_id = $1 and status = 'pending'`,
      [webhookId],
    );
  }

  /** Endpoints that have something due which nobody is sending, and for how many seconds it has been. */
  async due(reader: Reader): Promise<{ id: string; overdue: number }[]> {
    return reader.rows<{ id: string; overdue: number }>(
      `select w.id, extract(epoch from now() - due.since)::float8 as overdue from webhook w
       cross join lateral (
         select d.next_attempt_at as since from webhook_delivery d
         where d.webhook_id = w.id and d.status = 'pending' and d.next_attempt_at <= now()
           and (d.leased_until is null or d.leased_until < now())
         order by d.next_attempt_at, d.seq limit 1) due
       where w.status = 'active' and (w.open_until is null or w.open_until <= now())`,
    );
  }

  /** Says that this process is alive. */
  async beat(worker: string): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows(`insert into webhook_worker (id) values ($1) on conflict (id) do update set seen_at = now()`, [worker]),
    );
  }

  /** Frees what is held by processes that were not heard of for `seconds`; says how much that was. */
  async releaseSilent(seconds: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      const silent = await tx.rows<{ id: string }>(
        `delete from webhook_worker where id in (
           select id from webhook_worker where seen_at < now() - make_interval(secs => $1)
           order by id for update skip locked) returning id`,
        [seconds],
      );
      if (silent.length === 0) return 0;
      const freed = await tx.rows(
        `update webhook_delivery set leased_until = null, lease = null, leased_by = null
         where status = 'pending' and leased_by = any($1::uuid[]) returning 1`,
        [silent.map((row) => row.id)],
      );
      return freed.length;
    });
  }

  /** Deletes up to `limit` finished deliveries older than `days`, with their attempts; says how many. */
  async trim(tx: Tx, days: number, limit: number): Promise<number> {
    const rows = await tx.rows<{ id: string }>(
      `delete from webhook_delivery where id in (
         select id from webhook_delivery where finished_at < now() - make_interval(days => $1)
         order by finished_at limit $2 for update skip locked) returning id`,
      [days, limit],
    );
    if (rows.length > 0) {
      await tx.rows('delete from webhook_attempt where delivery_id = any($1::uuid[])', [rows.map((row) => row.id)]);
    }
    return rows.length;
  }
}
