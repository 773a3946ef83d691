import { Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Config } from '../config/config';
import { readingDataSource, writingDataSource } from './data-source';
import { Database } from './database';
import { DatabaseUrl } from './database-url';
import { Leader } from './leader';
import { migrateAt } from './migrate';
import { Notifier } from './notifier';

const WRITING = Symbol('writing connections');
const READING = Symbol('reading connections');

/** Closes both pools after everything that might still write has stopped. */
class Pools implements OnApplicationShutdown {
  constructor(private readonly pools: DataSource[]) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(
      this.pools.map((pool) => pool.destroy().catch((error: Error) => new Logger('Database').warn(error.message))),
    );
  }
}

@Global()
@Module({
  providers: [
    {
      provide: WRITING,
      inject: [DatabaseUrl, Config],
      useFactory: async (url: DatabaseUrl, config: Config) => {
        await migrateAt(url.value);
        return writingDataSource(url.value, config.database.poolSize).initialize();
      },
    },
    {
      provide: READING,
      inject: [DatabaseUrl, Config, WRITING],
      useFactory: (url: DatabaseUrl, config: Config) =>
        readingDataSource(url.value, config.database.poolSize).initialize(),
    },
    { provide: Database, inject: [WRITING, READING], useFactory: (w: DataSource, r: DataSource) => new Database(w, r) },
    { provide: Pools, inject: [WRITING, READING], useFactory: (w: DataSource, r: DataSource) => new Pools([w, r]) },
    Notifier,
    Leader,
  ],
  exports: [Database, Notifier, Leader],
})
export class DatabaseModule {}
