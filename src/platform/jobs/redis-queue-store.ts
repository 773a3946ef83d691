import { Logger } from '@nestjs/common';
import { type Processor, Queue, Worker, type WorkerOptions } from 'bullmq';
import Redis, { type RedisOptions } from 'ioredis';
import type { Config } from '../config/config';
import { SMALL_EVENT_STREAM } from './postgres-queue-store';
import type { QueueStore } from './queue-store';

type RedisSettings = NonNullable<Config['redis']>;
const CONNECT_MS = 5000;

/** BullMQ on Redis, for those who have much to say. It holds bells only: emptying it loses nothing that is owed. */
export class RedisQueueStore implements QueueStore {
  readonly kind = 'redis';

  private constructor(private readonly connection: RedisOptions) {}

  /** Throws with one line when Redis cannot be reached or may evict what it holds. */
  static async open(settings: RedisSettings): Promise<RedisQueueStore> {
    const connection: RedisOptions = { ...settings, connectTimeout: CONNECT_MS };
    await checkRedis(connection);
    return new RedisQueueStore(connection);
  }

  expectWorkers(): void {
    // each worker has connections of its own
  }

  queue(name: string): Queue {
    // Without the offline queue a bell fails at once while Redis is away, and the sweep rings it later.
    const connection = { ...this.connection, enableOfflineQueue: false, maxRetriesPerRequest: 1, retryStrategy: again };
    return new Queue(name, { connection, ...SMALL_EVENT_STREAM });
  }

  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker {
    const connection = { ...this.connection, maxRetriesPerRequest: null, retryStrategy: again };
    return new Worker(name, processor, { ...options, autorun: false, connection });
  }

  async close(): Promise<void> {
    // queues and workers have closed their own connections
  }
}

const again = (times: number): number => Math.min(times * 100, 1000);

/** Refuses a Redis that may evict keys (a bell would vanish while its deduplication key stays); warns without AOF. */
async function checkRedis(connection: RedisOptions): Promise<void> {
  const redis = new Redis({
    ...connection,
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const memory = await redis.info('memory');
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
    if (policy !== 'noeviction') {
      throw new Error(`REDIS_HOST: maxmemory-policy must be noeviction, it is ${policy ?? 'unknown'}`);
    }
    if (!/^aof_enabled:1/m.test(await redis.info('persistence'))) {
      new Logger('Queues').warn(
        'REDIS_HOST: append-only file is off; a restart of Redis forgets the bells, and sweeps ring them again',
      );
    }
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith('REDIS_HOST')) throw error;
    throw new Error(`REDIS_HOST cannot be reached (${(error as NodeJS.ErrnoException).code ?? message})`, {
      cause: error,
    });
  } finally {
    redis.disconnect();
  }
}
