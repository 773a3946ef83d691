import pg from 'pg';

/** The migrated database that is cloned. */
export const TEMPLATE = 'test_template';

/** The address of a database on the server of this run. */
export function databaseUrl(name: string): string {
  const base = process.env.TEST_DATABASE_URL;
  if (!base) throw new Error('TEST_DATABASE_URL is not set: run through Jest, whose global set-up starts a server');
  const url = new URL(base);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl('postgres') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Makes an empty database, or a clone of `template`; one of that name is dropped first. */
export const createDatabase = (name: string, template?: string): Promise<void> =>
  onServer(async (client) => {
    await client.query(`drop database if exists "${name}" with (force)`);
    // two clones at once cannot both read the template: they take turns under a lock of the server
    await client.query('select pg_advisory_lock(7316023)');
    await client.query(`create database "${name}"${template ? ` template "${template}"` : ''}`);
  });

export const dropDatabase = (name: string): Promise<void> =>
  onServer((client) => client.query(`drop database if exists "${name}" with (force)`));
