import { AgentsQueries } from '../../src/modules/agents';
import { CustomersQueries } from '../../src/modules/customers';
import { newId } from '../../src/platform/time/ids';
import { startTestApp, type TestApp } from '../support/test-app';

const CUSTOMERS = 100_000;
const AGENTS = 5_000;

/** How the database would run a page, at a size where a wrong index shows. */
describe('the lists of people at 100,000 rows', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.database.transaction(async (tx) => {
      await tx.rows(
        `insert into customer (id, code, name, phone, phone_e164, email, created_at)
         select gen_random_uuid(), numbered_code('CUST-', n), 'Person ' || md5(n::text), '+44' || 7000000000 + n,
                '+44' || 7000000000 + n, md5(n::text) || '@example.com', now() - n * interval '1 second'
           from generate_series(1, $1::int) n`,
        [CUSTOMERS],
      );
      await tx.rows(
        `insert into agent (id, code, name, email, dialer_user_id, status, idle_since)
         select gen_random_uuid(), numbered_code('AGT-', n), 'Agent ' || n, 'agent' || n || '@example.com', 'D' || n,
                case when n % 100 = 0 then 'available' else 'offline' end, now()
           from generate_series(1, $1::int) n`,
        [AGENTS],
      );
    });
    await app.database.transaction((tx) => tx.rows('analyze customer, agent'));
  });
  afterAll(() => app.close());

  const plan = async ({ sql, params }: { sql: string; params: unknown[] }): Promise<{ text: string; ms: number }> => {
    const rows = await app.database.read.rows<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${sql}`, params);
    const text = rows.map((row) => row['QUERY PLAN']).join('\n');
    return { text, ms: Number(/Execution Time: ([\d.]+)/.exec(text)?.[1]) };
  };
  const cursor = Buffer.from(JSON.stringify([new Date().toISOString(), newId()])).toString('base64url');

  it.each([
    ['newest first', {}, 'customer_newest'],
    ['a later page', { cursor }, 'customer_newest'],
    ['by telephone number', { phone: '+447000012345' }, 'customer_phone'],
    ['by e-mail', { email: 'A@example.com' }, 'customer_email'],
    ['by a rare word', { search: 'c4ca4238a0b9' }, 'customer_search'],
    ['by parts of a number', { search: '07000 012 345' }, 'customer_search'],
    ['by a word nobody has', { search: 'محمد' }, 'customer_search'],
    ['by two letters', { search: 'zz' }, 'customer_search'],
    ['by a word everybody has', { search: 'person' }, 'customer_newest'],
  ])('customers %s', async (_name, query, index) => {
    const { text } = await plan(app.nest.get(CustomersQueries).listSql({ limit: 50, ...query }));
    expect(text).toContain(index);
    expect(text).not.toContain('Seq Scan on customer');
  });

  it.each([
    ['all', {}, 'agent_pkey'],
    ['by name', { search: 'agent 4711' }, 'agent_search'],
  ])('agents %s', async (_name, query, index) => {
    const { text } = await plan(app.nest.get(AgentsQueries).listSql({ limit: 50, ...query }));
    expect(text).toContain(index);
  });

  it('no index on agents looks at what changes in every call', async () => {
    const rows = await app.database.read.rows<{ indexdef: string }>(
      `select indexdef from pg_indexes where tablename = 'agent'`,
    );
    // one that did would have every index of the table written at each change of status
    for (const { indexdef } of rows) {
      expect(indexdef).not.toMatch(/\b(status|status_\w+|idle_since|pending_\w+|last_seen_at|updated_at)\b/);
    }
  });

  it('the agent a dialer means', async () => {
    const { text } = await plan(app.nest.get(AgentsQueries).dialerSql({ dialer_user_id: 'd4711', user: 'x' }));
    expect(text).toContain('agent_dialer_user');
    expect(text).toContain('agent_local_part');
    expect(text).not.toContain('Seq Scan');
  });
});
