import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writingDataSource } from '../../src/platform/database/data-source';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres';
import { migrate } from '../../src/platform/database/migrate';
import { PostgresQueueStore } from '../../src/platform/jobs/postgres-queue-store';
import { createDatabase, databaseUrl, TEMPLATE } from './databases';

/** What the teardown has to undo. */
export interface TestServer {
  directory: string;
  server: EmbeddedPostgres;
}

declare global {
  var testServer: TestServer | undefined;
}

/**
 * One PostgreSQL for the run, without fsync, with a migrated template database from which every test file clones its
 * own. TEST_DATABASE_URL uses an existing server instead; it must be one for tests.
 */
export default async function setup(): Promise<void> {
  if (!process.env.TEST_DATABASE_URL) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-test-'));
    fs.chmodSync(directory, 0o755);
    const server = await startEmbeddedPostgres({
      directory,
      flags: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=400'].flatMap((s) => [
        '-c',
        s,
      ]),
    });
    globalThis.testServer = { directory, server };
    process.env.TEST_DATABASE_URL = server.url;
  }
  await createDatabase(TEMPLATE);
  const dataSource = await writingDataSource(databaseUrl(TEMPLATE), 2).initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  await (await PostgresQueueStore.open(databaseUrl(TEMPLATE))).close();
}
