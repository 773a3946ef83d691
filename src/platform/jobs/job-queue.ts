import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { JobDefinition } from './define-job';
import { QUEUE_STORE, type QueueStore } from './queue-store';

const FAILED_KEPT_SECONDS = 7 * 24 * 3600;
const CLOSE_MS = 3000;

/** How a bell is told from others of the same job. */
export interface Ring {
  /** Of several bells with one id at most one waits and one runs: usually the id of what is to be looked at. */
  dedupId: string;
}

/**
 * Wakes workers. A ring is a hint, never a record: what is owed stands in rows, so a handler looks there, and a sweep
 * rings again for whatever a lost bell left lying.
 *
 * Never ring inside a transaction (the worker would look before the commit): use `tx.afterCommit(() => jobs.ring(…))`.
 */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly queues = new Map<string, Queue>();
  private readonly waiting = new Map<string, Promise<boolean>>();
  private closed = false;

  constructor(@Inject(QUEUE_STORE) private readonly store: QueueStore) {}

  /**
   * Rings for `job`. A bell rung while its job runs is not lost: the job runs once more afterwards.
   * Resolves to whether the bell hangs in the queue; never rejects, since the sweep makes up for it.
   */
  ring<Data extends object>(job: JobDefinition<Data>, data: Data, { dedupId }: Ring): Promise<boolean> {
    if (this.closed) return Promise.resolve(false);
    // Rings of this turn of the event loop with the same id are one; a ring that is already on its way is not enough,
    // because its job may have looked before this ring's rows were there.
    const key = `${job.name}\n${dedupId}`;
    const known = this.waiting.get(key);
    if (known) return known;
    const sent = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.waiting.delete(key);
      return this.send(job, data, dedupId);
    });
    this.waiting.set(key, sent);
    return sent;
  }

  private async send<Data extends object>(job: JobDefinition<Data>, data: Data, dedupId: string): Promise<boolean> {
    try {
      await this.queue(job.name).add(job.name, data, {
        deduplication: { id: dedupId, keepLastIfActive: true },
        attempts: job.attempts,
        backoff: { type: 'exponential', delay: 1000 },
        // by age alone: counting retention deadlocks on PostgreSQL
        removeOnComplete: true,
        removeOnFail: { age: FAILED_KEPT_SECONDS },
      });
      return true;
    } catch (error) {
      if (!this.closed) this.logger.warn(`bell of ${job.name} not rung: ${(error as Error).message}`);
      return false;
    }
  }

  /** The queue behind a job, for metrics and tests. */
  queue(name: string): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = this.store.queue(name);
      queue.on('error', (error) => this.logger.debug(`queue ${name}: ${error.message}`));
      this.queues.set(name, queue);
    }
    return queue;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.waiting.values());
    this.closed = true;
    const closing = Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    await this.store.close();
  }
}
