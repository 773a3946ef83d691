import fs from 'node:fs';
import path from 'node:path';
import { types } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';

// The driver returns int8 and numeric as strings; ours are counters and amounts well under 2^53.
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

const ROOT = path.resolve(__dirname, '../../..');

/** Every class of `folder` (below src, or migrations) whose file name ends in `suffix`, compiled or not. */
function load(folder: string, isWanted: (file: string) => boolean): Function[] {
  const found: Function[] = [];
  for (const entry of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!isWanted(entry)) continue;
    const exported = require(path.join(folder, entry)) as Record<string, unknown>;
    found.push(...Object.values(exported).filter((value): value is Function => typeof value === 'function'));
  }
  return found;
}

const isCode = (file: string): boolean => /\.(ts|js)$/.test(file) && !/\.(d|spec)\.ts$/.test(file);

/** All entity classes, found by their file name `*.entity.ts`. */
export const entityClasses = (): Function[] =>
  load(path.join(ROOT, 'src'), (file) => isCode(file) && /\.entity\.(ts|js)$/.test(file));

/** All migrations in `migrations/`, in order of their time stamp. */
export const migrationClasses = (): Function[] => load(path.join(ROOT, 'migrations'), isCode);

function options(url: string, poolSize: number, extra: Record<string, unknown>): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: entityClasses(),
    migrations: migrationClasses(),
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize,
    extra: { keepAlive: true, keepAliveInitialDelayMillis: 10_000, connectionTimeoutMillis: 30_000, ...extra },
  };
}

/**
 * A statement that takes this long waits for a lock nobody gives back, or reads what it should not. A transaction that
 * is left open, because its process was stopped or its machine is gone, would hold its locks for ever.
 */
const WRITE_LIMITS = { statement_timeout: 60_000, idle_in_transaction_session_timeout: 60_000 };
const READ_LIMITS = { statement_timeout: 30_000, idle_in_transaction_session_timeout: 60_000 };

/** The connections that write. */
export const writingDataSource = (url: string, poolSize: number): DataSource =>
  // statements of one transaction that do not wait for each other are sent without waiting either
  new DataSource(options(url, poolSize, { application_name: 'call-centre', pipeline: true, ...WRITE_LIMITS }));

/** The connections that migrate: an index on a large table takes its time. */
export const migratingDataSource = (url: string): DataSource =>
  new DataSource({ ...options(url, 2, { application_name: 'call-centre (migrations)' }), entities: [] });

/** The connections that only read: PostgreSQL refuses every write on them. */
export const readingDataSource = (url: string, poolSize: number): DataSource =>
  new DataSource(
    options(url, poolSize, {
      application_name: 'call-centre (read)',
      options: '-c default_transaction_read_only=on',
      ...READ_LIMITS,
    }),
  );
