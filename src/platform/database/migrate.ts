import type { DataSource } from 'typeorm';
import { migratingDataSource } from './data-source';

/** Any number, the same in every process: the lock under which one of them migrates while the others wait. */
const MIGRATION_LOCK = 7_316_022;
const OLDEST_SERVED = 150_000;
const NEEDED_EXTENSIONS = ['pg_trgm', 'btree_gist'];

/**
 * Brings the schema up to date; safe when several processes start at once.
 * Throws when the server is older than PostgreSQL 15 or lacks an extension, naming it.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const [{ version }] = await runner.query(`select current_setting('server_version_num')::int as version`);
    if (version < OLDEST_SERVED) throw new Error('DATABASE_URL names a server older than PostgreSQL 15');
    const present = await runner.query('select name from pg_available_extensions where name = any($1)', [
      NEEDED_EXTENSIONS,
    ]);
    const names = new Set(present.map((row: { name: string }) => row.name));
    const missing = NEEDED_EXTENSIONS.filter((name) => !names.has(name));
    if (missing.length > 0) throw new Error(`PostgreSQL lacks the extension ${missing.join(', ')}`);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}

/** Brings the database at `url` up to date, on connections without the limits that requests have. */
export async function migrateAt(url: string): Promise<void> {
  const dataSource = await migratingDataSource(url).initialize();
  try {
    await migrate(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
