import autocannon from 'autocannon';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres';
import { writingDataSource } from '../src/platform/database/data-source';
import { migrate } from '../src/platform/database/migrate';
import { newId } from '../src/platform/time/ids';
import { cpuSeconds, stepCosts } from './lead-intake/cost';
import { freePort } from '../test/support/free-port';

// npm run bench:leads: how many leads a second the product takes over HTTP, beside Express and pg alone doing the same
// statements. Both run on one PostgreSQL with its default durability, each on a database of its own, in alternating
// rounds of the same run, so that a noisy machine disturbs both. SECONDS, ROUNDS and CONNECTIONS change the defaults.

const SECONDS = Number(process.env.SECONDS ?? 8);
const ROUNDS = Number(process.env.ROUNDS ?? 4);
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 20);
const WARM_UP = 5;
const KEY = 'a-dialer-key-for-this-bench-alone';
const ROOT = path.join(__dirname, '..');
/** PROFILE=folder writes a CPU profile of each process there. */
const PROFILING = process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(process.env.PROFILE)}`] : [];
/** Every third request is sent again as it was: dialers do. */
const AGAIN = 3;

interface Contestant {
  name: string;
  script: string;
  env: Record<string, string>;
  port: number;
  child?: ChildProcess;
  rounds: { rate: number; p50: number; p99: number; cpuMs: number; pgMs: number }[];
}

let lastLead = 0;
/** A lead as a dialer's form sends it: about forty fields. */
function aLead(n: number): Record<string, string> {
  return {
    dialer_user_id: 'CalebG',
    lead_id: String(n),
    vendor_id: `V${n}`,
    list_id: '101',
    gmt_offset_now: '0.00',
    phone_code: '44',
    phone_number: `+447${String(n).padStart(9, '0')}`,
    phone: `+447${String(n).padStart(9, '0')}`,
    title: 'Mr',
    first_name: 'John',
    middle_initial: 'A',
    last_name: `Smith${n}`,
    address1: `${n} Solar Street`,
    address2: '',
    address3: '',
    city: 'London',
    state: '',
    province: '',
    postal_code: 'SW1A 1AA',
    country_code: 'GB',
    gender: 'M',
    date_of_birth: '1980-04-23',
    alt_phone: '',
    email: `john${n}@example.com`,
    security_phrase: '',
    comments: 'Interested in solar panels',
    campaign: 'Solar_Campaign_2024',
    phone_login: '8001',
    fronter: 'CalebG',
    closer: 'CalebG',
    group: 'Solar_Campaign_2024',
    channel_group: 'Solar_Campaign_2024',
    SQLdate: '2025-07-11 101112',
    epoch: '1752225072',
    uniqueid: `1752225072.${n}`,
    server_ip: '10.0.0.5',
    SIPexten: '8600051',
    session_id: 'SESSION_12345',
    dialed_number: '7700900123',
    dialed_label: 'MAIN',
    rank: '0',
    recording_file: `rec_${n}.wav`,
  };
}

async function database(serverUrl: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const source = await writingDataSource(url.href, 2).initialize();
  await migrate(source);
  await source.query(`insert into agent (id, code, name, email, dialer_user_id) values ($1, $2, $3, $4, $5)`, [
    newId(),
    'AGT-900',
    'Caleb Galloway',
    'caleb@example.com',
    'CalebG',
  ]);
  await source.destroy();
  return url.href;
}

/** Starts a contestant and waits until it answers. */
async function start(contestant: Contestant): Promise<void> {
  const child = spawn(process.execPath, [...PROFILING, '-r', path.join(ROOT, 'scripts/ts.cjs'), contestant.script], {
    cwd: ROOT,
    env: { ...process.env, ...contestant.env, PORT: String(contestant.port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  contestant.child = child;
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  for (let n = 0; n < 600; n += 1) {
    if (child.exitCode !== null) throw new Error(`${contestant.name} stopped: ${said}`);
    const reply = await post(contestant.port, aLead((lastLead += 1))).catch(() => undefined);
    if (reply?.status === 201) return;
    if (reply && n > 50) throw new Error(`${contestant.name} answers ${reply.status}: ${await reply.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${contestant.name} does not answer: ${said}`);
}

const post = (port: number, lead: object): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/api/leads/from-dialer/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Dialer-Api-Key': KEY },
    body: JSON.stringify(lead),
  });

/** Fires at a contestant for `seconds`; throws when anything but 201 is answered. */
async function fire(
  contestant: Contestant,
  seconds: number,
  postgresPid: number,
): Promise<Contestant['rounds'][number]> {
  const pid = contestant.child?.pid ?? 0;
  const before = [cpuSeconds(pid), cpuSeconds(postgresPid, true)] as const;
  let sent = 0;
  let last = '';
  const result = await autocannon({
    url: `http://127.0.0.1:${contestant.port}/api/leads/from-dialer/`,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        path: '/api/leads/from-dialer/',
        headers: { 'Content-Type': 'application/json', 'X-Dialer-Api-Key': KEY },
        setupRequest: (request) => {
          sent += 1;
          if (sent % AGAIN !== 0 || last === '') last = JSON.stringify(aLead((lastLead += 1)));
          return { ...request, body: last };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${contestant.name}: ${result.non2xx} refusals, ${result.errors} errors`);
  }
  const answered = result['2xx'];
  return {
    rate: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMs: ((cpuSeconds(pid) - before[0]) / answered) * 1000,
    pgMs: ((cpuSeconds(postgresPid, true) - before[1]) / answered) * 1000,
  };
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const shown = (contestant: Contestant, key: keyof Contestant['rounds'][number]): number =>
  median(contestant.rounds.map((round) => round[key]));

/** The process that listens; its children are the connections. */
function postgresPidOf(dataDirectory: string): number {
  return Number(fs.readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

async function main(): Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-leads-'));
  fs.chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'pg') });
  const pid = postgresPidOf(postgres.dataDirectory);
  const shared = { DIALER_API_KEY: KEY, DATABASE_POOL_SIZE: '10', NODE_ENV: 'development' };
  const product = async (name: string, role: string, databaseName: string): Promise<Contestant> => ({
    name,
    script: 'src/main.ts',
    port: await freePort(),
    rounds: [],
    env: {
      ...shared,
      ROLE: role,
      HOST: '127.0.0.1',
      SAMPLE_DATA: 'false',
      RATE_LIMIT_SCALE: '100000',
      DATA_DIR: path.join(directory, name),
      DATABASE_URL: await database(postgres.url, databaseName),
    },
  });
  const bare: Contestant = {
    name: 'bare Express + pg',
    script: 'bench/lead-intake/bare-server.ts',
    port: await freePort(),
    rounds: [],
    env: { ...shared, DATABASE_URL: await database(postgres.url, 'bare') },
  };
  const contestants = [
    bare,
    await product('product (api)', 'api', 'product'),
    await product('product (all)', 'all', 'whole'),
  ];
  try {
    for (const contestant of contestants) await start(contestant);
    for (const contestant of contestants) await fire(contestant, WARM_UP, pid);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const contestant of round % 2 ? [...contestants].reverse() : contestants) {
        contestant.rounds.push(await fire(contestant, SECONDS, pid));
      }
    }
    report(contestants);
  } finally {
    for (const contestant of contestants) contestant.child?.kill('SIGTERM');
    await Promise.all(
      contestants.map(
        ({ child }) => child && child.exitCode === null && new Promise((resolve) => child.once('exit', resolve)),
      ),
    );
    await postgres.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** Prints the measurement and puts it into its section of docs/benchmarks.md. */
function report(contestants: Contestant[]): void {
  const [bare, ...products] = contestants;
  if (!bare) return;
  const row = (one: Contestant): string => {
    const cells = [shown(one, 'rate').toFixed(0), shown(one, 'p50').toFixed(0), shown(one, 'p99').toFixed(0)];
    return `| ${one.name} | ${cells.join(' | ')} | ${shown(one, 'cpuMs').toFixed(2)} | ${shown(one, 'pgMs').toFixed(2)} |`;
  };
  const ratio = (one: Contestant): string => {
    const ratios = one.rounds.map((round, n) => round.rate / (bare.rounds[n]?.rate ?? Number.NaN));
    return `- ${one.name} to bare: **${median(ratios).toFixed(2)}** (rounds: ${ratios.map((r) => r.toFixed(2)).join(', ')})`;
  };
  const load = os.loadavg()[0]?.toFixed(1);
  const lines = [
    '## Lead intake',
    '',
    `\`npm run bench:leads\`, ${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores (load ${load}), node ${process.version}.`,
    `Leads of about forty fields posted over ${CONNECTIONS} connections, every third a re-send; medians of ${ROUNDS} rounds of ${SECONDS} s in`,
    'which the contestants take turns. Bare is Express with pg and the same statements, without validation, guards, logs',
    'and headers. `all` also numbers and relays the events in the same process; `api` leaves that to a worker.',
    '',
    '| | req/s | p50 ms | p99 ms | Node ms a request | PostgreSQL ms a request |',
    '|---|---|---|---|---|---|',
    ...contestants.map(row),
    '',
    ...products.map(ratio),
    '',
    'Node time of the steps that are the intake itself, in microseconds a request, measured alone; the rest is the driver',
    '(nine round trips), TypeORM, Nest, Express and the log line:',
    '',
    ...stepCosts(aLead(1)).map(([step, cost]) => `- ${step}: ${cost.toFixed(0)}`),
  ];
  console.log(lines.join('\n'));
  const file = path.join(ROOT, 'docs/benchmarks.md');
  const [begin, end] = ['<!-- bench:leads -->', '<!-- /bench:leads -->'];
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '# Benchmarks\n';
  const section = [begin, ...lines, end].join('\n');
  const next = text.includes(begin)
    ? text.slice(0, text.indexOf(begin)) + section + text.slice(text.indexOf(end) + end.length)
    : `${text.trimEnd()}\n\n${section}\n`;
  fs.writeFileSync(file, next);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
