import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { DatabaseUrl } from '../database/database-url';
import { JobQueue } from './job-queue';
import { JobRunner } from './job-runner';
import { PostgresQueueStore } from './postgres-queue-store';
import { QUEUE_STORE, type QueueStore } from './queue-store';
import { RedisQueueStore } from './redis-queue-store';

@Global()
@Module({
  providers: [
    {
      provide: QUEUE_STORE,
      inject: [Config, DatabaseUrl],
      useFactory: (config: Config, url: DatabaseUrl): Promise<QueueStore> =>
        config.redis ? RedisQueueStore.open(config.redis) : PostgresQueueStore.open(url.value),
    },
    JobQueue,
    JobRunner,
  ],
  exports: [JobQueue, JobRunner],
})
export class JobsModule {}
