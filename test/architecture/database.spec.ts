import type { DataSource, TableColumn } from 'typeorm';
import { writingDataSource } from '../../src/platform/database/data-source';
import { migrate } from '../../src/platform/database/migrate';
import { createDatabase, databaseUrl, dropDatabase, TEMPLATE } from '../support/databases';

const NAME = 'architecture_migrations';

/** Tables that SQL alone reads and writes: counters and marks that are no model of anything. */
const WITHOUT_ENTITY = new Set(['migrations', 'event_counter', 'event_parked', 'sample_data']);

/** Columns, constraints, indexes and triggers of everything we made, as text. */
async function catalogue(dataSource: DataSource): Promise<string[]> {
  const rows = (await dataSource.query(`
    select 'column ' || table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable || ' '
      || coalesce(column_default, '') as line
    from information_schema.columns where table_schema = 'public'
    union all select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select 'function ' || pg_get_functiondef(p.oid) from pg_proc p
      where pronamespace = 'public'::regnamespace and prokind = 'f'
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all select 'sequence ' || sequence_name from information_schema.sequences where sequence_schema = 'public'
    union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    order by 1`)) as { line: string }[];
  return rows.map(({ line }) => line);
}

describe('the migrations', () => {
  let dataSource: DataSource;
  beforeAll(async () => {
    await createDatabase(NAME);
    dataSource = await writingDataSource(databaseUrl(NAME), 2).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await dropDatabase(NAME);
  });

  it('go up, all the way down, and up again to the same', async () => {
    await migrate(dataSource);
    const first = await catalogue(dataSource);
    for (const _migration of dataSource.migrations) await dataSource.undoLastMigration({ transaction: 'each' });
    const left = (await catalogue(dataSource)).filter(
      (line) => !/ (public\.)?migrations[ ._]|migrations_id_seq|_migrations/.test(line),
    );
    expect(left).toEqual([]);
    await migrate(dataSource);
    expect(await catalogue(dataSource)).toEqual(first);
  }, 120_000);
});

describe('the entities', () => {
  let dataSource: DataSource;
  beforeAll(async () => {
    dataSource = await writingDataSource(databaseUrl(TEMPLATE), 2).initialize();
  });
  afterAll(() => dataSource.destroy());

  it('have exactly the columns that the migrations make: name, type, whether they may be null', async () => {
    const rows = (await dataSource.query(`
      select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`)) as {
      table: string;
      name: string;
      type: string;
      nullable: boolean;
    }[];
    const made = rows
      .filter(({ table }) => !WITHOUT_ENTITY.has(table))
      .map(({ table, name, type, nullable }) => `${table}.${name}: ${type}${nullable ? ' or null' : ''}`);
    const declared = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
      columns.map((column) => {
        const type = dataSource.driver
          .createFullType(column as unknown as TableColumn)
          .toLowerCase()
          .replace(/ array$/, '[]')
          .replace(/^timestamptz(\(\d\))?/, 'timestamp$1 with time zone')
          .replace(/^varchar\b/, 'character varying')
          .replace(/^int4?\b/, 'integer')
          .replace(/^int8\b/, 'bigint')
          .replace(/^bool\b/, 'boolean');
        return `${tableName}.${column.databaseName}: ${type}${column.isNullable ? ' or null' : ''}`;
      }),
    );
    const only = (these: string[], those: string[]): string[] => these.filter((line) => !those.includes(line)).sort();
    expect({ onlyInMigrations: only(made, declared), onlyInEntities: only(declared, made) }).toEqual({
      onlyInMigrations: [],
      onlyInEntities: [],
    });
  });
});
