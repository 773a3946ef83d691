import type { Processor, Queue, Worker, WorkerOptions } from 'bullmq';

/** Where the bells hang. Two stores, one behaviour; which one is in use is a setting (`REDIS_HOST`). */
export interface QueueStore {
  readonly kind: 'postgres' | 'redis';
  /** A queue to ring; the caller closes it. */
  queue(name: string): Queue;
  /** A worker that has not been started; the caller closes it. */
  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
  /** Says how many workers there will be, before the first of them is made. */
  expectWorkers(count: number): void;
  /** Ends the connections; queues and workers are closed before. */
  close(): Promise<void>;
}

/** The store of this process, opened and checked before anything uses it. */
export const QUEUE_STORE = Symbol('queue store');
