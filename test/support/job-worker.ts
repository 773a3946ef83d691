// A worker process for jobs.journey.ts: takes `test.killed`, says so, and never ends it.
import type { Config } from '../../src/platform/config/config';
import type { Leader } from '../../src/platform/database/leader';
import { defineJob } from '../../src/platform/jobs/define-job';
import { JobRunner } from '../../src/platform/jobs/job-runner';
import { PostgresQueueStore } from '../../src/platform/jobs/postgres-queue-store';
import { RedisQueueStore } from '../../src/platform/jobs/redis-queue-store';

const { WORKER_DATABASE_URL, WORKER_REDIS } = process.env;

async function main(): Promise<void> {
  const store = WORKER_REDIS
    ? await RedisQueueStore.open(JSON.parse(WORKER_REDIS))
    : await PostgresQueueStore.open(WORKER_DATABASE_URL ?? '');
  const runner = new JobRunner({ runsJobs: true } as Config, store, {} as Leader);
  runner.register(defineJob<{ place: string }>({ name: 'test.killed' }), async () => {
    process.send?.('started');
    await new Promise(() => undefined);
  });
  runner.onApplicationBootstrap();
  process.send?.('ready');
}

void main();
