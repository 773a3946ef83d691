// npm run bench:calls: how long a page of calls takes at 10,000 and at 1,000,000 rows. Writes its section of
// docs/benchmarks.md; fails when the list of the promise is not flat.
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import pg from 'pg';
import { CallsQueries } from '../src/modules/calls';
import { ListCalls } from '../src/modules/calls/calls.dto';
import { encodeCursor } from '../src/platform/http/page';
import type { Tx } from '../src/platform/database/database';
import { anAgent } from '../test/support/actors';
import setup from '../test/support/global-setup';
import teardown from '../test/support/global-teardown';
import { startTestApp, type TestApp } from '../test/support/test-app';
import { machine, writeSection } from './write-section';

const SIZES = [10_000, Number(process.env.BENCH_ROWS ?? 1_000_000)] as const;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 150);
const WARM_UP = 20;
const MOST = 1.3;

/** The list whose flatness is promised; the others are measured beside it. */
const PROMISED = 'phone=%2B447900000042';
const QUERIES = [
  PROMISED,
  `${PROMISED}&status=all`,
  '',
  'status=all',
  'status=completed',
  'department=sales&status=all',
  'agent_id=AGT-001&status=all',
  'status=all&cursor=MIDDLE',
];

/**
 * Calls of two years, the same mixture at every size: fifty of them go on, every number has called five times, and the
 * number looked for has one call going on.
 */
async function fill(tx: Tx, rows: number): Promise<void> {
  await tx.rows(`set local session_replication_role = replica`);
  await tx.rows(`set local statement_timeout = 0`);
  const indexes = await tx.rows<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
      where tablename = 'call' and indexname not in (select conname from pg_constraint)`,
  );
  for (const { name } of indexes) await tx.rows(`drop index "${name}"`);
  await tx.rows(
    `insert into agent (id, code, name) select gen_random_uuid(), 'AGT-00' || i, 'Agent ' || i from generate_series(1, 9) i`,
  );
  await tx.rows(
    `insert into call (id, code, status, direction, phone_number, phone_e164, department, priority_rank, assigned_agent_id,
       required_skills, preferred_skills, metadata, started_at, changed_at, ended_at, total_duration_seconds)
     select gen_random_uuid(), 'CALL-' || lpad(upper(to_hex(i)), 8, '0'),
            case when going then 'in_queue' else (array['completed', 'completed', 'completed', 'abandoned', 'no_answer'])[1 + i % 5] end,
            'inbound', n.phone, n.phone, (array['reception', 'sales', 'complaints'])[1 + i / 7 % 3], 2, a.id, '[]', '[]', '{}',
            made, made, case when going then null else made + interval '3 minutes' end, 180
       from (select i, '+4479' || lpad((i % ($1::int / 5))::text, 8, '0') as phone,
                    now() - ($1::int - i) * (interval '2 years' / $1::int) as made,
                    i > $1::int - 50 or i = $1::int / 5 * 4 + 42 as going
               from generate_series(1, $1::int) i) n
       left join agent a on a.code = 'AGT-00' || (1 + i % 9)`,
    [rows],
  );
  for (const { definition } of indexes) await tx.rows(definition);
}

async function filled(rows: number): Promise<TestApp> {
  const app = await startTestApp();
  const start = Date.now();
  await app.database.transaction((tx) => fill(tx, rows));
  const client = new pg.Client({ connectionString: app.databaseUrl });
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
  process.stderr.write(`${rows} calls in ${((Date.now() - start) / 1000).toFixed(0)} s\n`);
  return app;
}

const agent = anAgent();
async function read(app: TestApp, url: string): Promise<{ ms: number; count: number }> {
  const start = performance.now();
  const reply = await fetch(`${app.url}${url}`, { headers: { authorization: `Bearer ${app.tokenFor(agent)}` } });
  const body = (await reply.json()) as { count: number };
  if (reply.status !== 200) throw new Error(`${url}: ${reply.status} ${JSON.stringify(body)}`);
  return { ms: performance.now() - start, count: body.count };
}

/** Blocks PostgreSQL looks at for the page: whatever else the machine does, that does not change. */
async function touched(app: TestApp, url: string): Promise<number> {
  const query = plainToInstance(ListCalls, Object.fromEntries(new URL(url, app.url).searchParams));
  const { sql, params } = app.nest.get(CallsQueries, { strict: false }).listSql(agent, query);
  const row = await app.database.read.one<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(
    `explain (analyze, buffers, format json) ${sql}`,
    params,
  );
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The two sizes take turns, so that whatever else the machine does meets both. */
async function compare(apps: TestApp[], query: string): Promise<{ name: string; ratio: number; line: string }> {
  const urls = await Promise.all(
    apps.map(async (app) => {
      const row = await app.database.read.one<{ id: string; at: Date }>(
        `select id, started_at as at from call where started_at < now() - interval '1 year' order by started_at desc limit 1`,
      );
      return `/api/calls?${query.replace('MIDDLE', encodeCursor([row?.at.toISOString() ?? '', row?.id ?? '']))}`;
    }),
  );
  const times: number[][] = [[], []];
  const counts: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [i, app] of apps.entries()) {
      const { ms, count } = await read(app, urls[i] ?? '');
      counts[i] = count;
      if (round >= 0) times[i]?.push(ms);
    }
  }
  const [small = 0, large = 0] = times.map(median);
  const blocks = await Promise.all(apps.map((app, i) => touched(app, urls[i] ?? '')));
  const name = query.replace('MIDDLE', '(middle)') || '(none: what goes on)';
  const ratio = large / small;
  const cells = [
    `\`${name}\``,
    counts.join(' / '),
    small.toFixed(2),
    large.toFixed(2),
    ratio.toFixed(2),
    blocks.join(' / '),
  ];
  process.stderr.write(`${cells.join('  ')}\n`);
  return { name, ratio, line: `| ${cells.join(' | ')} |` };
}

async function main(): Promise<void> {
  await setup();
  const apps = [await filled(SIZES[0]), await filled(SIZES[1])];
  const results = [];
  for (const query of QUERIES) results.push(await compare(apps, query));
  const [small, large] = SIZES.map((size) => size.toLocaleString('en'));
  writeSection(
    'calls',
    'Lists of calls',
    [
      `\`npm run bench:calls\`, ${new Date().toISOString().slice(0, 10)}; ${machine()}. Pages of 50 over HTTP, ${ROUNDS} rounds in which`,
      `both sizes take turns, medians in milliseconds. Promised: \`${PROMISED}\` at most ${MOST} times as long.`,
      '',
      `| filter | rows shown | ${small} | ${large} | ratio | blocks |`,
      '|---|---|---|---|---|---|',
      ...results.map((result) => result.line),
      '',
      'Blocks: what PostgreSQL looks at for the page at the two sizes, whatever else the machine does.',
    ].join('\n'),
  );
  for (const app of apps) await app.close();
  await teardown();
  process.exit((results[0]?.ratio ?? Infinity) <= MOST ? 0 : 1);
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
