import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Client } from 'pg';
import type { Config } from '../../src/platform/config/config';
import type { Leader } from '../../src/platform/database/leader';
import { defineJob, defineSweep } from '../../src/platform/jobs/define-job';
import { JobQueue } from '../../src/platform/jobs/job-queue';
import { JobRunner } from '../../src/platform/jobs/job-runner';
import { PostgresQueueStore } from '../../src/platform/jobs/postgres-queue-store';
import type { QueueStore } from '../../src/platform/jobs/queue-store';
import { RedisQueueStore } from '../../src/platform/jobs/redis-queue-store';
import { createDatabase, databaseUrl, dropDatabase } from '../support/databases';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis';
import { waitFor } from '../support/wait-for';

const look = defineJob<{ place: string }>({ name: 'test.look', concurrency: 4 });
const fails = defineJob<{ n: number }>({ name: 'test.fails', attempts: 1 });
const tick = defineSweep({ name: 'test.tick', everySeconds: 1 });

const chores = { runsJobs: true } as Config;
const leading = { lead: (_duty: string, elected: () => void) => elected(), leads: () => true } as unknown as Leader;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Process {
  queue: JobQueue;
  runner: JobRunner;
  stop(): Promise<void>;
}

function aProcess(store: QueueStore, config = chores, leader = leading): Process {
  const queue = new JobQueue(store);
  const runner = new JobRunner(config, store, leader);
  return {
    queue,
    runner,
    stop: async () => {
      await runner.beforeApplicationShutdown();
      await queue.onApplicationShutdown();
    },
  };
}

function onBothStores(open: () => Promise<QueueStore>, empty: () => Promise<void>, env: () => Record<string, string>) {
  let here: Process;
  let there: Process;
  const written: Record<string, number> = {};
  const seen: Record<string, number> = {};
  let looks = 0;
  let failures = 0;
  let ticks = 0;

  beforeAll(async () => {
    [here, there] = [aProcess(await open()), aProcess(await open())];
    for (const process of [here, there]) {
      process.runner.register(look, async ({ place }) => {
        looks += 1;
        // looks first and works then: whatever is written meanwhile needs another bell
        const found = written[place] ?? 0;
        await pause(Math.random() * 4);
        seen[place] = Math.max(seen[place] ?? 0, found);
      });
      process.runner.register(fails, async () => {
        failures += 1;
        throw new Error('as the test wants');
      });
      process.runner.registerSweep(tick, async () => {
        ticks += 1;
      });
      process.runner.onApplicationBootstrap();
    }
  });
  afterAll(async () => {
    await here.stop();
    await there.stop();
  });

  it('loses no bell that is rung while its job runs, and runs far fewer jobs than bells', async () => {
    const places = ['a', 'b', 'c', 'd', 'e'];
    let bells = 0;
    await Promise.all(
      places.map(async (place) => {
        for (let round = 0; round < 120; round += 1) {
          written[place] = (written[place] ?? 0) + 1;
          const ring = (round % 2 ? here : there).queue.ring(look, { place }, { dedupId: place });
          bells += 1;
          // a burst now, a pause as long as a job then: bells meet every moment of a job's life
          if (round % 5 === 0) await pause(Math.random() * 8);
          else if (round % 7 === 0) await ring;
        }
      }),
    );
    await waitFor('every place to be seen as it was last written', () => places.every((p) => seen[p] === written[p]));
    expect(bells).toBe(600);
    expect(looks).toBeLessThan(bells);
  });

  it('takes a bell whose job fails out of the way, so that the next one rings', async () => {
    await here.queue.ring(fails, { n: 1 }, { dedupId: 'x' });
    await waitFor('the first failure', () => failures === 1);
    await waitFor('the next bell to be heard', async () => {
      await here.queue.ring(fails, { n: 2 }, { dedupId: 'x' });
      return failures >= 2;
    });
  });

  it('hears again after the queue was emptied under it', async () => {
    for (let round = 0; round < 5; round += 1) {
      written.emptied = (written.emptied ?? 0) + 1;
      void here.queue.ring(look, { place: 'emptied' }, { dedupId: 'emptied' });
      await empty();
      // what a sweep does: it finds rows that are due and rings once more
      await waitFor('the emptied queue to be heard', async () => {
        await there.queue.ring(look, { place: 'emptied' }, { dedupId: 'emptied' });
        return seen.emptied === written.emptied;
      });
    }
  });

  it('sweeps from time to time', async () => {
    const before = ticks;
    await waitFor('two more sweeps', () => ticks >= before + 2);
  });

  it('runs again, within seconds, the job of a worker that was killed in the middle of it', async () => {
    const child = worker(env());
    try {
      await once(child, 'ready');
      const started = once(child, 'started');
      await here.queue.ring({ ...look, name: 'test.killed' }, { place: 'killed' }, { dedupId: 'killed' });
      await started;
      const second = worker(env());
      try {
        await once(second, 'ready');
        child.kill('SIGKILL');
        const start = Date.now();
        await once(second, 'started', 40_000);
        expect(Date.now() - start).toBeLessThan(25_000);
      } finally {
        second.kill('SIGKILL');
      }
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('waits at shutdown for the job in hand', async () => {
    const store = await open();
    const closing = aProcess(store);
    let begun = false;
    let ended = false;
    let told = false;
    closing.runner.register(look, async (_data, { signal }) => {
      begun = true;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      told = true;
      await pause(100);
      ended = true;
    });
    closing.runner.register(fails, async () => undefined);
    closing.runner.registerSweep(tick, async () => undefined);
    // the other two would take the job away
    await here.stop();
    await there.stop();
    closing.runner.onApplicationBootstrap();
    await closing.queue.ring(look, { place: 'closing' }, { dedupId: 'closing' });
    await waitFor('the job to run', () => begun);
    await closing.stop();
    expect({ told, ended }).toEqual({ told: true, ended: true });
  });
}

/** A process of its own that takes `test.killed` and never ends it. */
function worker(env: Record<string, string>): ChildProcess {
  return fork(path.join(__dirname, '../support/job-worker.ts'), {
    execArgv: ['-r', path.join(__dirname, '../../scripts/ts.cjs')],
    env: { ...process.env, ...env, NODE_OPTIONS: '' },
  });
}

const once = (child: ChildProcess, message: string, timeoutMs = 60_000): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the worker did not say ${message}`)), timeoutMs);
    child.on('message', (said) => {
      if (said !== message) return;
      clearTimeout(timer);
      resolve();
    });
  });

describe('bells on PostgreSQL', () => {
  const name = `t_${randomBytes(8).toString('hex')}`;
  const url = (): string => databaseUrl(name);
  beforeAll(() => createDatabase(name));

  onBothStores(
    () => PostgresQueueStore.open(url()),
    async () => {
      const client = new Client({ connectionString: url() });
      await client.connect();
      // BullMQ locks these tables in another order
      for (let emptied = false; !emptied;) {
        emptied = await client.query('truncate bullmq.job, bullmq.dedup, bullmq.dedup_next cascade').then(
          () => true,
          (error: { code?: string }) => {
            if (error.code !== '40P01') throw error;
            return false;
          },
        );
      }
      await client.end();
    },
    () => ({ WORKER_DATABASE_URL: url() }),
  );
  // hooks run in the order written: the processes above have stopped by now
  afterAll(() => dropDatabase(name));

  it('does not start with a job or sweep that has no handler or two, and works none where no chores are done', async () => {
    const store = await PostgresQueueStore.open(url());
    const { runner } = aProcess(store, { runsJobs: false } as Config);
    expect(() => runner.onApplicationBootstrap()).toThrow('no handler for test.look, test.fails, test.tick');
    runner.register(look, async () => undefined);
    runner.register(fails, async () => undefined);
    expect(() => runner.register(fails, async () => undefined)).toThrow('job test.fails has two handlers');
    expect(() => runner.onApplicationBootstrap()).toThrow('no handler for test.tick');
    runner.registerSweep(tick, async () => undefined);
    expect(() => runner.registerSweep(tick, async () => undefined)).toThrow('sweep test.tick has two handlers');
    runner.onApplicationBootstrap();
    expect((runner as unknown as { workers: unknown[] }).workers).toEqual([]);
    expect(() => defineJob({ name: 'test.look' })).toThrow('declared twice');
    await store.close();
  });
});

describeWithRedis('bells on Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  const settings = () => ({ host: redis.host, port: redis.port, db: 0, password: undefined });

  onBothStores(
    () => RedisQueueStore.open(settings()),
    async () => {
      const { Redis } = await import('ioredis');
      const client = new Redis(settings());
      await client.flushall();
      client.disconnect();
    },
    () => ({ WORKER_REDIS: JSON.stringify(settings()) }),
  );
  afterAll(() => redis.close());

  it('refuses a Redis that may evict, and one that is not there', async () => {
    const evicting = await startRedis('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru');
    if (!process.env.REDIS_URL) {
      await expect(RedisQueueStore.open({ ...settings(), port: evicting.port })).rejects.toThrow(
        'REDIS_HOST: maxmemory-policy must be noeviction, it is allkeys-lru',
      );
    }
    await evicting.close();
    await expect(RedisQueueStore.open({ ...settings(), port: 1 })).rejects.toThrow('REDIS_HOST cannot be reached');
  });
});
