import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Audit } from '../../../platform/audit/audit';
import { Config } from '../../../platform/config/config';
import { Database, type Tx } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { EventLog } from '../../../platform/events/event-log';
import type { NumberedEvent } from '../../../platform/events/planners';
import { JobQueue } from '../../../platform/jobs/job-queue';
import type { WebhookRow } from '../endpoints/webhook.entity';
import { webhookTest } from '../webhooks.events';
import { DeliveryNotFound, EventNotKept, WebhookIsDisabled } from '../webhooks.errors';
import { WebhooksRepository } from '../webhooks.repository';
import type { RecoverDeliveries } from '../webhooks.dto';
import { DeliveriesRepository } from './deliveries.repository';
import type { DeliveryRow } from './delivery.entity';
import { drainEndpoint } from './drain-endpoint.job';
import { onlyFor, PlanDeliveries, wants } from './plan-deliveries';

const RECOVER_CHUNK = 2000;
/** Event ids carry the time at which they were made, in the process that made them; clocks differ by less than this. */
const CLOCK_SLACK_MS = 10 * 60_000;
const TEST_LOOK_MS = 50;
const TEST_SLACK_MS = 3_000;

/** Sends again, on request: one delivery, or whatever an endpoint missed. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly events: EventLog,
    private readonly audit: Audit,
    private readonly jobs: JobQueue,
    private readonly plan: PlanDeliveries,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  /** Makes a delivery due now, whatever became of it, with a new round of retries; its id stays the same. */
  async redeliver(actor: Actor, deliveryId: string, webhook?: string): Promise<{ row: DeliveryRow; code: string }> {
    return this.database.transaction(async (tx) => {
      const found = await tx.one<DeliveryRow>('select * from webhook_delivery where id = $1 for no key update', [
        deliveryId,
      ]);
      if (!found) throw new DeliveryNotFound();
      const endpoint = await this.webhooks.get(tx, found.webhook_id).catch(() => undefined);
      if (!endpoint || (webhook !== undefined && webhook !== endpoint.code && webhook !== endpoint.id)) {
        throw new DeliveryNotFound();
      }
      if (endpoint.status !== 'active') throw new WebhookIsDisabled();
      if (!(await tx.one('select 1 from event where id = $1', [found.event_id]))) throw new EventNotKept();
      const row = await tx.one<DeliveryRow>(
        `update webhook_delivery set status = 'pending', finished_at = null, step = 0, next_attempt_at = now()
         where id = $1 returning *`,
        [deliveryId],
      );
      await this.audit.record(tx, actor, 'webhook.redelivered', endpoint.code, { delivery: deliveryId });
      this.ringAfter(tx, endpoint.id);
      return { row: row as DeliveryRow, code: endpoint.code };
    });
  }

  /**
   * Sends everything since a time that the endpoint should have had and has not: what failed, was cancelled while it
   * was disabled, or happened while nothing was planned for it. What was delivered is not sent again.
   */
  async recover(actor: Actor, webhook: string, input: RecoverDeliveries): Promise<{ code: string; recovered: number }> {
    const since = new Date(input.since);
    const until = input.until === undefined ? undefined : new Date(input.until);
    if (until && until < since)
      throw new Invalid('until must not be before since', { until: 'must not be before since' });
    const endpoint = await this.database.transaction(async (tx) => {
      const row = await this.webhooks.lock(tx, webhook);
      if (row.status !== 'active') throw new WebhookIsDisabled();
      await this.audit.record(tx, actor, 'webhook.recovered', row.code, { since: since.toISOString() });
      return row;
    });
    let recovered = await this.again(endpoint.id, since, until);
    let after: string | undefined = idFrom(since);
    while (after !== undefined) {
      const step: { made: number; after: string | undefined } = await this.missing(endpoint, after, since, until);
      recovered += step.made;
      after = step.after;
    }
    return { code: endpoint.code, recovered };
  }

  /** Sends one test event to this endpoint and waits for what comes of its first attempt. */
  async test(actor: Actor, webhook: string): Promise<{ deliveryId: string; code: string }> {
    const { eventId, endpoint } = await this.database.transaction(async (tx) => {
      const row = await this.webhooks.lock(tx, webhook);
      if (row.status !== 'active') throw new WebhookIsDisabled();
      const id = this.events.append(
        tx,
        webhookTest,
        { webhook_id: row.code, message: 'This is a test' },
        { actor, aggregate: onlyFor(row.id), audience: { scope: 'webhooks:read' }, isTest: true },
      );
      return { eventId: id, endpoint: row };
    });
    const end = Date.now() + this.config.webhooks.timeoutMs + TEST_SLACK_MS;
    for (;;) {
      const row = await this.database.read.one<{ id: string; attempts: number; status: string }>(
        'select id, attempts, status from webhook_delivery where event_id = $1 and webhook_id = $2',
        [eventId, endpoint.id],
      );
      if (row && (row.attempts > 0 || row.status !== 'pending' || Date.now() > end)) {
        await this.endTest(row.id);
        return { deliveryId: row.id, code: endpoint.code };
      }
      if (Date.now() > end + TEST_SLACK_MS) throw new EventNotKept();
      await new Promise((resolve) => setTimeout(resolve, TEST_LOOK_MS));
    }
  }

  /** Whoever asked has his answer: a test is not tried again for days. */
  private async endTest(deliveryId: string): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows(
        `update webhook_delivery set status = 'failed', finished_at = now(), leased_until = null, lease = null, leased_by = null
         where id = $1 and status = 'pending'`,
        [deliveryId],
      ),
    );
  }

  private async again(webhookId: string, since: Date, until: Date | undefined): Promise<number> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.rows(
        `update webhook_delivery d set status = 'pending', finished_at = null, step = 0, next_attempt_at = now()
         from event e
         where d.webhook_id = $1 and d.status in ('failed', 'cancelled') and d.id >= $2 and not d.is_test
           and e.id = d.event_id and e.occurred_at >= $3 and ($4::timestamptz is null or e.occurred_at <= $4)
         returning 1`,
        [webhookId, idFrom(since), since, until ?? null],
      );
      this.ringAfter(tx, webhookId);
      return rows.length;
    });
  }

  private async missing(
    endpoint: WebhookRow,
    after: string,
    since: Date,
    until: Date | undefined,
  ): Promise<{ made: number; after: string | undefined }> {
    return this.database.transaction(async (tx) => {
      const events = await tx.rows<NumberedEvent>(
        `select id, seq, name, aggregate, is_test, occurred_at from event
         where id > $1 and seq is not null and not is_test and name = any($2) order by id limit $3`,
        [after, this.plan.events, RECOVER_CHUNK],
      );
      const fitting = events.filter(
        (event) => event.occurred_at >= since && (!until || event.occurred_at <= until) && wants(endpoint, event),
      );
      fitting.sort((a, b) => a.seq - b.seq);
      const owed = fitting.map((event) => ({ event, webhookIds: [endpoint.id] }));
      const made = await this.deliveries.owe(tx, owed);
      this.ringAfter(tx, endpoint.id);
      return { made, after: events.length === RECOVER_CHUNK ? events.at(-1)?.id : undefined };
    });
  }

  private ringAfter(tx: Tx, webhookId: string): void {
    tx.afterCommit(() => void this.jobs.ring(drainEndpoint, { webhookId }, { dedupId: webhookId }));
  }
}

/** The smallest UUIDv7 that can have been made at this time. */
export function idFrom(time: Date): string {
  const hex = Math.max(0, time.getTime() - CLOCK_SLACK_MS)
    .toString(16)
    .padStart(12, '0')
    .slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
