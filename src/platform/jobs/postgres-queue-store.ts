import { Logger } from '@nestjs/common';
import { createPostgresBackend, type Processor, Queue, runMigrations, Worker, type WorkerOptions } from 'bullmq';
import pg from 'pg';
import type { QueueStore } from './queue-store';

/** Connections for short statements, beside the one each worker keeps for LISTEN. */
const WORKING_CONNECTIONS = 6;
const CLOSE_MS = 2000;

/** Creates or upgrades BullMQ's tables in the schema `bullmq`; safe when several processes start at once. */
export async function migrateQueues(client: { query: pg.ClientBase['query'] }): Promise<void> {
  await runMigrations(client as never);
}

/** BullMQ on PostgreSQL: no other server is needed, and a bell that was rung survives whatever the rows survive. */
export class PostgresQueueStore implements QueueStore {
  readonly kind = 'postgres';
  private readonly pool: pg.Pool;

  private constructor(url: string) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: WORKING_CONNECTIONS,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      // The pool is shared by all queues, so the schema is set here and not by BullMQ. A bell need not survive a power
      // cut (the rows do, and a sweep rings again), so nobody waits for the disk because of one.
      options: '-c search_path=bullmq -c synchronous_commit=off',
      application_name: 'call-centre (queues)',
    });
    // every queue and worker listens on the shared pool
    this.pool.setMaxListeners(0);
    this.pool.on('error', (error) => new Logger('Queues').warn(error.message));
  }

  static async open(url: string): Promise<PostgresQueueStore> {
    const store = new PostgresQueueStore(url);
    const client = await store.pool.connect();
    try {
      await migrateQueues(client);
    } finally {
      client.release();
    }
    return store;
  }

  expectWorkers(count: number): void {
    // A pool that is smaller than its LISTEN clients deadlocks.
    this.pool.options.max = WORKING_CONNECTIONS + count;
  }

  queue(name: string): Queue {
    return new Queue(name, { connection: this.pool as never, ...SMALL_EVENT_STREAM }, createPostgresBackend as never);
  }

  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker {
    return new Worker(
      name,
      processor,
      { ...options, autorun: false, connection: this.pool as never },
      createPostgresBackend as never,
    );
  }

  async close(): Promise<void> {
    // A client that somebody still holds would keep `end` waiting for ever.
    await Promise.race([
      this.pool.end().catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref()),
    ]);
  }
}

/** Nobody reads BullMQ's own event stream here, so it is kept short. */
export const SMALL_EVENT_STREAM = { streams: { events: { maxLen: 100 } } };
