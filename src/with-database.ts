import path from 'node:path';
import type { Config } from './platform/config/config';
import { Database } from './platform/database/database';
import { readingDataSource, writingDataSource } from './platform/database/data-source';
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './platform/database/embedded-postgres';
import { migrateAt } from './platform/database/migrate';

/**
 * Does `work` on the product's database, for commands: on DATABASE_URL, on the embedded server that `npm start` keeps
 * running, or on one started for the moment.
 */
export async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const directory = path.join(config.dataDir, 'pg');
  const running = config.database.url ?? runningEmbeddedPostgres(directory);
  const own = running ? undefined : await startEmbeddedPostgres({ directory });
  const url = running ?? own?.url ?? '';
  const writing = writingDataSource(url, 2);
  const reading = readingDataSource(url, 2);
  try {
    await migrateAt(url);
    await writing.initialize();
    await reading.initialize();
    return await work(new Database(writing, reading));
  } finally {
    await Promise.all([writing, reading].filter((pool) => pool.isInitialized).map((pool) => pool.destroy()));
    await own?.stop();
  }
}
