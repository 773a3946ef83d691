import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { JobRunner } from '../../../platform/jobs/job-runner';
import { newId } from '../../../platform/time/ids';
import { EndpointSecrets, type OpenSecrets } from '../endpoints/endpoint-secrets';
import type { WebhookRow } from '../endpoints/webhook.entity';
import { Acknowledger } from './acknowledger';
import { FIRST_WINDOW, mayBeUnderWay } from './breaker';
import { type Claimed, DeliveriesRepository } from './deliveries.repository';
import { drainEndpoint, dueSweep, retentionSweep } from './drain-endpoint.job';
import { judge } from './outcome';
import { nextDelayMs } from './retry-schedule';
import { SendDelivery } from './send-delivery';

/** Beyond the longest attempt; after it, the delivery of a worker that died is taken by another. */
const LEASE_SLACK_MS = 5_000;
/** Of all endpoints together; what does not fit waits for the sweep. */
const MAX_UNDER_WAY = 2_000;
const TRIM_BATCH = 5_000;
const BEAT_MS = 2_000;
/** A process not heard of for so long has died, or might as well have. */
const SILENT_SECONDS = 8;
/** What has been due for so long was rung for in vain: the process that sweeps begins to send it itself. */
const OVERDUE_SECONDS = 2;

/** One endpoint as this process sees it. */
interface Lane {
  underWay: number;
  /** Grows with success, shrinks with time-outs: one that hangs from the start never gets many of our sockets. */
  window: number;
  /** There was more than fitted. */
  hungry: boolean;
  pumping: boolean;
  again: boolean;
  allowance: number;
  allowedAt: number;
}

/**
 * Sends what is due. A drain claims what fits into the endpoint's window, begins to send it and is over; requests that
 * hang hold sockets of their own endpoint, never a place in the queue. Results are acknowledged in bulk, and only then
 * does the window open again.
 */
@Injectable()
export class Deliverer implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly lanes = new Map<string, Lane>();
  private readonly sending = new Set<Promise<void>>();
  /** Names this process on the leases it holds. */
  private readonly worker = newId();
  private heart: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly runner: JobRunner,
    private readonly deliveries: DeliveriesRepository,
    private readonly secrets: EndpointSecrets,
    private readonly sender: SendDelivery,
    private readonly acknowledger: Acknowledger,
  ) {}

  onModuleInit(): void {
    this.runner.register(drainEndpoint, ({ webhookId }) => this.drain(webhookId));
    this.runner.registerSweep(dueSweep, () => this.ringForDue());
    this.runner.registerSweep(retentionSweep, () => this.trim());
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    const beat = (): void =>
      void this.deliveries.beat(this.worker).catch((error: Error) => this.logger.warn(`beat: ${error.message}`));
    beat();
    this.heart = setInterval(beat, BEAT_MS);
  }

  /** Claims and begins to send what is due for one endpoint, as much as fits. */
  async drain(webhookId: string): Promise<void> {
    const lane = this.lane(webhookId);
    if (lane.pumping) {
      lane.again = true;
      return;
    }
    lane.pumping = true;
    try {
      do {
        lane.again = false;
        await this.fill(webhookId, lane);
      } while (lane.again && !this.stopped);
    } finally {
      lane.pumping = false;
    }
  }

  private async fill(webhookId: string, lane: Lane): Promise<void> {
    lane.hungry = false;
    if (this.stopped || this.sending.size >= MAX_UNDER_WAY) return;
    const webhook = await this.deliveries.ready(webhookId);
    if (!webhook) return;
    const limit = Math.min(lane.window, webhook.max_concurrency ?? this.config.webhooks.concurrency);
    const free = mayBeUnderWay(webhook.consecutive_failures, limit) - lane.underWay;
    const wanted = Math.min(free, this.allowed(webhook, lane));
    if (wanted <= 0) {
      lane.hungry = free <= 0;
      return;
    }
    const leaseMs = this.config.webhooks.timeoutMs + LEASE_SLACK_MS;
    const claimed = await this.deliveries.claim(webhook, wanted, leaseMs, this.worker);
    if (claimed.length === 0) return;
    lane.allowance -= claimed.length;
    // in order per object, the end of one delivery is what makes the next one due
    lane.hungry = claimed.length === wanted || webhook.ordering === 'per_object';
    const opened = this.secrets.open(webhook);
    for (const delivery of claimed) this.begin(webhook, opened, delivery, lane);
  }

  private begin(webhook: WebhookRow, opened: OpenSecrets, claimed: Claimed, lane: Lane): void {
    lane.underWay += 1;
    const sent = this.deliver(webhook, opened, claimed, lane)
      .catch((error: Error) => this.logger.error(`delivery ${claimed.id}: ${error.message}`))
      .finally(() => {
        this.sending.delete(sent);
        lane.underWay -= 1;
        if (lane.hungry && !this.stopped) setImmediate(() => void this.drainQuietly(webhook.id));
      });
    this.sending.add(sent);
  }

  private async deliver(webhook: WebhookRow, opened: OpenSecrets, claimed: Claimed, lane: Lane): Promise<void> {
    const start = Date.now();
    const answer = await this.sender.send(webhook, opened, claimed);
    const outcome = judge(answer, Date.now());
    const wide = webhook.max_concurrency ?? this.config.webhooks.concurrency;
    if (outcome.kind === 'delivered') lane.window = Math.min(lane.window * 2, wide);
    else if ('fault' in answer) lane.window = Math.max(1, Math.floor(lane.window / 2));
    const restMs = outcome.kind === 'retry' ? (outcome.retryAfterMs ?? 0) : 0;
    const delay =
      outcome.kind === 'retry'
        ? nextDelayMs(this.config.webhooks.retryScheduleMs, claimed.step + 1, Math.random(), restMs)
        : undefined;
    await this.acknowledger.add({
      delivery_id: claimed.id,
      lease: claimed.lease,
      number: claimed.attempts + 1,
      started_at: new Date(start).toISOString(),
      duration_ms: Date.now() - start,
      status: 'status' in answer ? answer.status : null,
      error:
        'fault' in answer ? `${answer.fault}: ${answer.message}` : 'unsendable' in answer ? answer.unsendable : null,
      response: 'status' in answer ? answer.response : null,
      delay_ms: delay ?? null,
      outcome: outcome.kind === 'delivered' ? 'delivered' : delay === undefined ? 'failed' : 'pending',
      webhook_id: webhook.id,
      failures: webhook.consecutive_failures,
      failed: outcome.kind === 'retry' || outcome.kind === 'gone',
      gone: outcome.kind === 'gone',
      rest_ms: restMs,
    });
  }

  /** How many requests the endpoint's rate allows now; comes back by itself when that is none. */
  private allowed(webhook: WebhookRow, lane: Lane): number {
    const rate = webhook.rate_per_second ?? this.config.webhooks.ratePerSecond;
    if (!rate) return Number.POSITIVE_INFINITY;
    const now = Date.now();
    lane.allowance = Math.min(rate, lane.allowance + ((now - lane.allowedAt) / 1000) * rate);
    lane.allowedAt = now;
    if (lane.allowance < 1) {
      const wait = Math.ceil(((1 - lane.allowance) / rate) * 1000);
      setTimeout(() => void this.drainQuietly(webhook.id), wait).unref();
    }
    return Math.floor(lane.allowance);
  }

  private async drainQuietly(webhookId: string): Promise<void> {
    // the sweep comes back to it
    await this.drain(webhookId).catch((error: Error) => this.logger.warn(`drain: ${error.message}`));
  }

  private lane(webhookId: string): Lane {
    let lane = this.lanes.get(webhookId);
    if (!lane) {
      lane = {
        underWay: 0,
        window: FIRST_WINDOW,
        hungry: false,
        pumping: false,
        again: false,
        allowance: 1,
        allowedAt: Date.now(),
      };
      this.lanes.set(webhookId, lane);
    }
    return lane;
  }

  private async ringForDue(): Promise<void> {
    const freed = await this.deliveries.releaseSilent(SILENT_SECONDS);
    if (freed > 0) this.logger.warn(`${freed} deliveries of a silent process are sent by others`);
    for (const { id, overdue } of await this.deliveries.due(this.database.read)) {
      void this.jobs.ring(drainEndpoint, { webhookId: id }, { dedupId: id });
      if (overdue > OVERDUE_SECONDS) void this.drainQuietly(id);
    }
  }

  private async trim(): Promise<void> {
    const days = this.config.webhooks.retentionDays;
    while (
      !this.stopped &&
      (await this.database.transaction((tx) => this.deliveries.trim(tx, days, TRIM_BATCH))) === TRIM_BATCH
    );
  }

  /** Begins nothing more and waits for what is under way, so that a planned stop sends nothing twice. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await Promise.allSettled(this.sending);
    clearInterval(this.heart);
    await this.acknowledger.settled();
  }
}
