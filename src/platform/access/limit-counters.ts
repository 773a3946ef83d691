import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config/config';

/** What was used of a window, this request included. */
export interface Spent {
  used: number;
  msBeforeReset: number;
}

/** Counts in fixed windows that begin with a key's first request. */
export interface LimitCounter {
  add(key: string, points: number, seconds: number): Promise<Spent>;
  close(): Promise<void>;
}

const MAX_KEYS = 50_000;

/**
 * Counts in this process's memory. It never holds more than `maxKeys` windows: when full, the oldest goes first, which
 * is the one nearest to its end. A flood from very many addresses may so be granted a few requests more; it cannot
 * make the process grow.
 */
export class MemoryCounter implements LimitCounter {
  private readonly windows = new Map<string, { used: number; endsAt: number }>();

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly maxKeys = MAX_KEYS,
  ) {}

  get size(): number {
    return this.windows.size;
  }

  add(key: string, points: number, seconds: number): Promise<Spent> {
    const now = this.now();
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      this.windows.delete(key); // so that the new window stands last in the order of age
      this.makeRoom(now);
      window = { used: 0, endsAt: now + seconds * 1000 };
      this.windows.set(key, window);
    }
    window.used += points;
    return Promise.resolve({ used: window.used, msBeforeReset: window.endsAt - now });
  }

  close(): Promise<void> {
    this.windows.clear();
    return Promise.resolve();
  }

  /** Two from the front each time: windows that have ended go by themselves, one must go when there is no room. */
  private makeRoom(now: number): void {
    let looked = 0;
    for (const [key, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < this.maxKeys) return;
      this.windows.delete(key);
      if ((looked += 1) === 2) return;
    }
  }
}

/** Counts in Redis for all processes together; while Redis does not answer, each counts for itself. */
export class RedisCounter implements LimitCounter {
  private readonly logger = new Logger('RateLimits');
  private readonly client: Redis;
  private readonly limiters = new Map<number, RateLimiterRedis>();
  private readonly fallback = new MemoryCounter();
  private complained = false;

  constructor(redis: NonNullable<Config['redis']>) {
    this.client = new Redis({ ...redis, enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 500 });
    this.client.on('error', () => this.complain());
    this.client.on('ready', () => (this.complained = false));
  }

  async add(key: string, points: number, seconds: number): Promise<Spent> {
    try {
      const result = await this.limiterFor(seconds).penalty(key, points);
      return { used: result.consumedPoints, msBeforeReset: result.msBeforeNext };
    } catch (error) {
      if (error instanceof RateLimiterRes) return { used: error.consumedPoints, msBeforeReset: error.msBeforeNext };
      this.complain();
      return this.fallback.add(key, points, seconds);
    }
  }

  async close(): Promise<void> {
    this.client.disconnect();
    await this.fallback.close();
  }

  private limiterFor(seconds: number): RateLimiterRedis {
    let limiter = this.limiters.get(seconds);
    if (!limiter) {
      limiter = new RateLimiterRedis({
        storeClient: this.client,
        keyPrefix: `limit${seconds}`,
        points: 1,
        duration: seconds,
      });
      this.limiters.set(seconds, limiter);
    }
    return limiter;
  }

  private complain(): void {
    if (this.complained) return;
    this.complained = true;
    this.logger.warn('Redis does not answer: rate limits count in this process alone');
  }
}
