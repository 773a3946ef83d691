// npm run bench:tickets: how long a page of tickets takes at 10,000 and at 1,000,000 rows, and what memory an export
// of 100,000 takes. Writes its section of docs/benchmarks.md; fails when the list of the promise is not flat.
import 'reflect-metadata';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Tx } from '../src/platform/database/database';
import { plainToInstance } from 'class-transformer';
import { TicketsQueries } from '../src/modules/tickets';
import { ticketPageSql } from '../src/modules/tickets/ticket-list';
import { ListTicketsQuery } from '../src/modules/tickets/tickets.dto';
import { decodeTimeCursor, encodeCursor } from '../src/platform/http/page';
import { anAgent } from '../test/support/actors';
import setup from '../test/support/global-setup';
import teardown from '../test/support/global-teardown';
import { startTestApp, type TestApp } from '../test/support/test-app';

const SIZES = { small: 10_000, large: Number(process.env.BENCH_ROWS ?? 1_000_000) };
const EXPORTED = 100_000;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 300);
const WARM_UP = 40;
const MOST = 1.3;

/** The list whose flatness is promised; the others are measured beside it. */
const PROMISED = 'status=open&priority=high';
const QUERIES = [
  PROMISED,
  '',
  'status=open',
  'department=complaints',
  'priority=urgent&department=sales',
  'assigned_to=AGT-002',
  'assigned_to=none&status=open',
  'tags=vip&status=open',
  'customer=CUST-1000',
  'search=unusual',
  'search=package',
  `${PROMISED}&cursor=MIDDLE`,
];

/** Tickets of two years, the same mixture at every size: one in a hundred of each rare kind, most of them closed. */
async function fill(tx: Tx, rows: number): Promise<void> {
  await tx.rows(`set local session_replication_role = replica`);
  await tx.rows(`set local statement_timeout = 0`);
  await tx.rows(`set local maintenance_work_mem = '256MB'`);
  const indexes = await tx.rows<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
      where tablename in ('ticket', 'ticket_sla', 'ticket_tag')
        and indexname not in (select conname from pg_constraint)`,
  );
  for (const { name } of indexes) await tx.rows(`drop index "${name}"`);
  await tx.rows(
    `insert into agent (id, code, name) select gen_random_uuid(), 'AGT-00' || i, 'Agent ' || i from generate_series(1, 9) i`,
  );
  await tx.rows(
    `insert into customer (id, code, name, phone_e164)
     select gen_random_uuid(), 'CUST-' || i, 'Customer ' || i, '+4479' || lpad(i::text, 8, '0')
       from generate_series(1, $1::int / 10) i`,
    [Math.max(rows, 20_000)],
  );
  await tx.rows(
    `insert into ticket (id, code, status, priority, department, subject, description, customer_id, customer_code,
       assigned_agent_id, assigned_agent_code, tags, resolved_at, created_by, search_key, created_at, updated_at)
     select (lpad(to_hex((extract(epoch from made) * 1000)::bigint), 12, '0') || substr(md5(i::text), 1, 20))::uuid,
            'TKT-' || to_char(made, 'YYYYMMDD') || '-' || lpad(i::text, 8, '0'), k.status, k.priority,
            (array['reception', 'sales', 'complaints'])[1 + h / 7 % 3], subject, description, c.id, c.code, a.id, a.code,
            case when h % 50 = 0 then array['vip'] else '{}' end, case when k.status = 'resolved' then made end, '{}',
            lower(subject || e'\\n' || description || e'\\n\\n\\n\\n'), made, made
       from (
         select i, hashint4(i) & 1048575 as h, now() - ($1::int - i) * (interval '2 years' / $1::int) as made
           from generate_series(1, $1::int) i) n
       cross join lateral (select
         case when h % 20 < 2 then 'open' when h % 20 < 3 then 'in_progress' when h % 20 < 4 then 'pending'
              when h % 20 < 8 then 'resolved' else 'closed' end as status,
         (array['low', 'low', 'medium', 'medium', 'medium', 'medium', 'medium', 'high', 'high', 'urgent'])[1 + h / 20 % 10] as priority,
         case when i % ($1::int / 50) = 7 then 'An unusual matter' else 'Delivery issue' end as subject,
         'Package ' || i || ' not received; the customer asks for a call' as description) k
       left join agent a on h % 4 = 0 and a.code = 'AGT-00' || (1 + h / 4 % 9)
       left join customer c on c.code = 'CUST-' || (990 + h % ($1::int / 10))`,
    [rows],
  );
  await tx.rows(
    `insert into ticket_tag (id, ticket_id, tag, status, created_at)
     select gen_random_uuid(), id, 'vip', status, created_at from ticket where tags <> '{}'`,
  );
  await tx.rows(
    `insert into ticket_sla (id, ticket_id, target, target_minutes, state, met_at)
     select gen_random_uuid(), id, target, 240, 'met', created_at
       from ticket cross join (values ('first_response'), ('resolution')) as s (target)`,
  );
  for (const { definition } of indexes) await tx.rows(definition);
}

async function filled(rows: number): Promise<TestApp> {
  const app = await startTestApp();
  const start = Date.now();
  await app.database.transaction((tx) => fill(tx, rows));
  // outside a transaction, as a server's own autovacuum would
  const client = new pg.Client({ connectionString: app.databaseUrl });
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
  process.stderr.write(`${rows} tickets in ${((Date.now() - start) / 1000).toFixed(0)} s\n`);
  return app;
}

const agent = anAgent();
const read = async (app: TestApp, url: string): Promise<{ ms: number; body: { count: number } }> => {
  const start = performance.now();
  const reply = await fetch(`${app.url}${url}`, { headers: { authorization: `Bearer ${app.tokenFor(agent)}` } });
  const body = (await reply.json()) as { count: number };
  if (reply.status !== 200) throw new Error(`${url}: ${reply.status} ${JSON.stringify(body)}`);
  return { ms: performance.now() - start, body };
};

const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? 0;

/** The two sizes take turns, so that whatever else the machine does meets both. */
async function compare(small: TestApp, large: TestApp, query: string): Promise<string[]> {
  const cursor = async (app: TestApp): Promise<string> => {
    const row = await app.database.read.one<{ id: string; at: Date }>(
      `select id, created_at as at from ticket where created_at < now() - interval '1 year' order by created_at desc limit 1`,
    );
    return encodeCursor([row?.at.toISOString() ?? '', row?.id ?? '']);
  };
  const urls = await Promise.all(
    [small, large].map(async (app) => `/api/tickets?${query.replace('MIDDLE', await cursor(app))}`),
  );
  const times: [number[], number[]] = [[], []];
  let counts = '';
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const [a, b] = [await read(small, urls[0] ?? ''), await read(large, urls[1] ?? '')];
    counts = `${a.body.count} / ${b.body.count}`;
    if (round >= 0) [a, b].forEach(({ ms }, i) => times[i]?.push(ms));
  }
  const [p50, p99] = [times.map((t) => quantile(t, 0.5)), times.map((t) => quantile(t, 0.99))];
  const ratio = (p50[1] ?? 0) / (p50[0] ?? 1);
  const blocks = await Promise.all([touched(small, urls[0] ?? ''), touched(large, urls[1] ?? '')]);
  const name = query.replace('MIDDLE', '(middle)') || '(none)';
  return [
    name,
    counts,
    ...p50.map((ms) => ms.toFixed(2)),
    ratio.toFixed(2),
    ...p99.map((ms) => ms.toFixed(1)),
    blocks.join(' / '),
  ];
}

/** How many blocks PostgreSQL looks at for the page: what the machine is busy with beside does not change it. */
async function touched(app: TestApp, url: string): Promise<number> {
  const asked = Object.fromEntries(new URL(url, app.url).searchParams);
  const query = plainToInstance(ListTicketsQuery, asked);
  const filter = await app.nest.get(TicketsQueries).filterOf(agent, query);
  const { sql, params } = ticketPageSql(filter ?? {}, 51, decodeTimeCursor(asked.cursor));
  const row = await app.database.read.one<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(
    `explain (analyze, buffers, format json) ${sql}`,
    params,
  );
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
}

/** Reads an export at the pace it comes and watches the memory of the process that writes it. */
async function exportMemory(app: TestApp, rows: number): Promise<string> {
  const from = await app.database.read.one<{ at: Date }>(
    'select created_at as at from ticket order by created_at desc offset $1 limit 1',
    [rows - 1],
  );
  const url = `${app.url}/api/tickets/export.csv?from=${encodeURIComponent(from?.at.toISOString() ?? '')}`;
  const live = (): number => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  const samples = [live()];
  const start = Date.now();
  let lines = 0;
  const reply = await fetch(url, { headers: { authorization: `Bearer ${app.tokenFor(agent)}` } });
  if (!reply.body) throw new Error('no body');
  for await (const chunk of reply.body) {
    for (const byte of chunk as Uint8Array) if (byte === 10) lines += 1;
    if (lines >= (rows / 10) * samples.length) samples.push(live());
  }
  const shown = samples.map((mb) => mb.toFixed(0)).join(', ');
  return `${lines - 1} tickets in ${((Date.now() - start) / 1000).toFixed(1)} s; live memory before and after each tenth, in MB: ${shown}`;
}

function report(table: string[][], exports: string[]): void {
  const file = path.resolve(__dirname, '../docs/benchmarks.md');
  const [begin, end] = ['<!-- bench:tickets -->', '<!-- /bench:tickets -->'];
  const section = [
    begin,
    '## Lists of tickets',
    '',
    `\`npm run bench:tickets\`, ${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, node ${process.version}. Pages of 50 over HTTP with the promises of each`,
    `ticket, ${ROUNDS} rounds in which both sizes take turns, milliseconds. Promised: \`${PROMISED}\` at most ${MOST} times as long.`,
    '',
    `| filter | rows shown | p50 at ${SIZES.small.toLocaleString('en')} | p50 at ${SIZES.large.toLocaleString('en')} | ratio | p99 | p99 | blocks |`,
    '|---|---|---|---|---|---|---|---|',
    ...table.map((row) => `| ${row.map((cell, i) => (i === 0 ? `\`${cell}\`` : cell)).join(' | ')} |`),
    '',
    'Blocks: what PostgreSQL looks at for the page at the two sizes, whatever else the machine does. The deeper an index, the',
    'more of them. Export, with its client in the same process:',
    '',
    ...exports.map((line) => `- ${line}`),
    end,
  ].join('\n');
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '# Benchmarks\n';
  const known = text.includes(begin);
  const next = known
    ? text.slice(0, text.indexOf(begin)) + section + text.slice(text.indexOf(end) + end.length)
    : `${text.trimEnd()}\n\n${section}\n`;
  fs.writeFileSync(file, next);
  process.stdout.write(`${section}\n`);
}

async function main(): Promise<void> {
  await setup();
  const small = await filled(SIZES.small);
  const large = await filled(SIZES.large);
  const table: string[][] = [];
  for (const query of QUERIES) table.push(await compare(small, large, query));
  const exports = [await exportMemory(large, EXPORTED / 10), await exportMemory(large, EXPORTED)];
  report(table, exports);
  const ratio = Number(table[0]?.[4]);
  await small.close();
  await large.close();
  await teardown();
  process.exit(ratio <= MOST ? 0 : 1);
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
