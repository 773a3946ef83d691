import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Worker } from 'bullmq';
import { Config } from '../config/config';
import { Leader } from '../database/leader';
import { declaredJobs, type JobDefinition, type SweepDefinition } from './define-job';
import { QUEUE_STORE, type QueueStore } from './queue-store';

// A worker that died holds its jobs until their lock ends and two looks of the stalled check have passed: 5 + 2 × 2 s.
const LOCK_MS = 5000;
const LOCK_RENEW_MS = 1500;
const STALLED_LOOK_MS = 2000;
/** A job is never given up because its worker died: BullMQ's own 1 would call it failed after the second crash. */
const STALLED_AS_OFTEN_AS_IT_TAKES = 1_000_000_000;
const RETRY_FETCH_MS = 1000;
/** Longer than the longest single send, shorter than the patience of process managers. */
const DRAIN_MS = 20_000;
const SWEEP_DUTY = 'sweeps';

/** What a handler is told beside its data. */
export interface JobContext {
  /** Aborted when the process is asked to stop: finish what is in hand and take no more. */
  signal: AbortSignal;
}

export type JobHandler<Data extends object> = (data: Data, context: JobContext) => Promise<void>;
export type SweepHandler = (context: JobContext) => Promise<void>;

/**
 * Runs jobs and sweeps in processes that do chores (`ROLE` all or worker). Rooms register one handler for each job they
 * declare, in `onModuleInit`; a doubled or missing handler stops the start of every process.
 */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly handlers = new Map<string, JobHandler<object>>();
  private readonly sweepHandlers = new Map<string, SweepHandler>();
  private readonly workers: Worker[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly sweeping = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly config: Config,
    @Inject(QUEUE_STORE) private readonly store: QueueStore,
    private readonly leader: Leader,
  ) {}

  /** Registers the work behind a job. */
  register<Data extends object>(job: JobDefinition<Data>, handler: JobHandler<Data>): void {
    if (this.handlers.has(job.name)) throw new Error(`job ${job.name} has two handlers`);
    this.handlers.set(job.name, handler as JobHandler<object>);
  }

  /** Registers the work behind a sweep. It must bear being done by two processes at once, and being cut off. */
  registerSweep(sweep: SweepDefinition, handler: SweepHandler): void {
    if (this.sweepHandlers.has(sweep.name)) throw new Error(`sweep ${sweep.name} has two handlers`);
    this.sweepHandlers.set(sweep.name, handler);
  }

  onApplicationBootstrap(): void {
    const declared = declaredJobs();
    const missing = [
      ...declared.jobs.filter((job) => !this.handlers.has(job.name)),
      ...declared.sweeps.filter((sweep) => !this.sweepHandlers.has(sweep.name)),
    ];
    if (missing.length > 0) throw new Error(`no handler for ${missing.map((work) => work.name).join(', ')}`);
    if (!this.config.runsJobs) return;
    this.store.expectWorkers(declared.jobs.length);
    for (const job of declared.jobs) this.startWorker(job, this.handlers.get(job.name) as JobHandler<object>);
    if (declared.sweeps.length > 0) this.startSweeps(declared.sweeps);
  }

  private startWorker(job: JobDefinition<object>, handler: JobHandler<object>): void {
    const worker = this.store.worker(
      job.name,
      ({ data }) => handler(data as object, { signal: this.stopping.signal }),
      {
        concurrency: job.concurrency,
        lockDuration: LOCK_MS,
        lockRenewTime: LOCK_RENEW_MS,
        stalledInterval: STALLED_LOOK_MS,
        maxStalledCount: STALLED_AS_OFTEN_AS_IT_TAKES,
        runRetryDelay: RETRY_FETCH_MS,
      },
    );
    worker.on('failed', (_job, error) => this.logger.error(`${job.name}: ${error.message}`));
    worker.on('error', (error) => this.logger.warn(`worker of ${job.name}: ${error.message}`));
    worker.run().catch((error: Error) => this.logger.error(`worker of ${job.name} ended: ${error.message}`));
    this.workers.push(worker);
  }

  private startSweeps(sweeps: SweepDefinition[]): void {
    this.leader.lead(SWEEP_DUTY, () => sweeps.forEach((sweep) => this.sweep(sweep)));
    for (const sweep of sweeps) this.timers.push(setInterval(() => this.sweep(sweep), sweep.everySeconds * 1000));
  }

  private sweep(sweep: SweepDefinition): void {
    if (this.stopping.signal.aborted || this.sweeping.has(sweep.name) || !this.leader.leads(SWEEP_DUTY)) return;
    const handler = this.sweepHandlers.get(sweep.name) as SweepHandler;
    const done = handler({ signal: this.stopping.signal })
      .catch((error: Error) => this.logger.warn(`sweep ${sweep.name}: ${error.message}`))
      .finally(() => this.sweeping.delete(sweep.name));
    this.sweeping.set(sweep.name, done);
  }

  /** Takes no new work and waits for what is in hand, before HTTP and the database close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.timers.forEach(clearInterval);
    const drained = Promise.allSettled([...this.workers.map((worker) => worker.close()), ...this.sweeping.values()]);
    const patience = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), DRAIN_MS).unref());
    if ((await Promise.race([drained, patience])) === 'late') {
      this.logger.warn('a job did not end in time; another process will run it again');
      await Promise.allSettled(this.workers.map((worker) => worker.close(true)));
    }
  }
}
