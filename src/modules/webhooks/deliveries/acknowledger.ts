import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Database, type Tx } from '../../../platform/database/database';
import { DisableEndpoint } from '../endpoints/disable-endpoint';
import { failuresAfter, pauseMs } from './breaker';
import { DeliveriesRepository, type Finished, type Health } from './deliveries.repository';

/** A result, and what its endpoint was known to be like when it was sent. */
export interface Result extends Finished {
  webhook_id: string;
  /** Failures in a row before this one. */
  failures: number;
  failed: boolean;
  gone: boolean;
  /** What `Retry-After` asked for. */
  rest_ms: number;
}

const BATCH = 500;
const AGAIN_MS = 250;
/** A healthy endpoint's row is written this seldom. */
const NOTE_SUCCESS_MS = 30_000;
const MAX_REST_MS = 3_600_000;

/** Writes the results of this process in bulk: one transaction for whatever has come in while the last one ran. */
@Injectable()
export class Acknowledger {
  private readonly logger = new Logger('Webhooks');
  private waiting: { result: Result; done: () => void }[] = [];
  private running: Promise<void> | undefined;
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly disable: DisableEndpoint,
  ) {}

  /** Resolves when the result stands in the database. */
  add(result: Result): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ result, done });
      this.running ??= this.flush().finally(() => (this.running = undefined));
    });
  }

  private async flush(): Promise<void> {
    // whatever else comes in during this turn of the event loop goes with it
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      await this.write(batch.map((entry) => entry.result));
      for (const entry of batch) entry.done();
    }
  }

  /** Tries until it stands: the leases hold meanwhile, and when they end the same id is sent again. */
  private async write(results: Result[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.database.transaction((tx) => this.writeIn(tx, results));
        return;
      } catch (error) {
        this.logger.warn(`${results.length} results wait: ${(error as Error).message}`);
        // after this the leases are long over and somebody else has sent them again
        if (tries > 400) return;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  private async writeIn(tx: Tx, results: Result[]): Promise<void> {
    await this.deliveries.acknowledge(tx, results);
    const health = this.healthOf(results);
    if (health.length > 0) await this.deliveries.noteHealth(tx, health);
    const gone = new Set(results.filter((result) => result.gone).map((result) => result.webhook_id));
    const failing = health.filter((one) => !one.succeeded).map((one) => one.webhook_id);
    if (gone.size > 0) await this.disable.gone(tx, [...gone]);
    if (failing.length > 0) await this.disable.failingTooLong(tx, failing, this.config.webhooks.disableAfterMs);
    tx.afterCommit(() => {
      for (const one of health) if (one.succeeded) this.noted.set(one.webhook_id, Date.now());
    });
  }

  /** In order of id, so that two processes lock the endpoints' rows in the same order. */
  private healthOf(results: Result[]): Health[] {
    const byEndpoint = new Map<string, Result[]>();
    for (const result of results) {
      byEndpoint.set(result.webhook_id, [...(byEndpoint.get(result.webhook_id) ?? []), result]);
    }
    const health: Health[] = [];
    for (const [webhookId, own] of byEndpoint) {
      const failures = own.filter((result) => result.failed).length;
      const succeeded = own.some((result) => result.outcome === 'delivered');
      const before = Math.max(...own.map((result) => result.failures));
      const rest = Math.min(Math.max(...own.map((result) => result.rest_ms)), MAX_REST_MS);
      const isNews = failures > 0 || before > 0 || Date.now() - (this.noted.get(webhookId) ?? 0) > NOTE_SUCCESS_MS;
      if (!isNews || (!succeeded && failures === 0)) continue;
      const pause = succeeded ? 0 : pauseMs(failuresAfter(before, failures), Math.random());
      health.push({ webhook_id: webhookId, failures, succeeded, open_ms: Math.max(rest, pause) });
    }
    return health.sort((a, b) => (a.webhook_id < b.webhook_id ? -1 : 1));
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.running;
  }
}
