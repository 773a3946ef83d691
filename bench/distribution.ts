// npm run bench:distribution: how soon a waiting call meets a free agent, one at a time and at 100 calls a second with
// 1,000 agents. Control plane only: no audio, no carrier; two processes of the product, on PostgreSQL as it ships.
import 'reflect-metadata';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres';
import { newId } from '../src/platform/time/ids';
import { unfinished } from '../test/support/floor/invariants';
import { Processes, type SimulatedAgent } from '../test/support/floor/orders';
import { machine, writeSection } from './write-section';

const AGENTS = 1000;
const RATES = [25, 50, 100];
const SECONDS = Number(process.env.BENCH_SECONDS ?? 15);
const SINGLES = 100;
const LOOK_MS = 5;
const MOST_MS = 250;

const departments = ['reception', 'sales', 'complaints'];
const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;

interface Waited {
  /** From the moment it was put into the queue (inside that transaction) to its offer being visible to others. */
  ms: number;
}

/** Sees offers as soon as they are committed, by looking every few milliseconds, and answers them as their agents. */
class Floor {
  private readonly seen = new Set<string>();
  private readonly byId = new Map<string, SimulatedAgent>();
  readonly waits: Waited[] = [];
  readonly errors: string[] = [];
  private isOver = false;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly client: pg.Client,
    private readonly processes: Processes,
  ) {}

  async hire(): Promise<void> {
    for (let n = 1; n <= AGENTS; n += 1) {
      const agent = { id: newId(), code: `SIM-${n}`, userId: newId() };
      this.byId.set(agent.id, agent);
      await this.client.query(
        `with a as (insert into agent (id, code, name, departments, status, idle_since)
           values ($1, $2, $2, $3, 'available', now()) returning id)
         insert into agent_status_interval (id, agent_id, status, started_at, changed_by)
         select $4, id, 'available', now(), '{}' from a`,
        [agent.id, agent.code, [departments[n % 3]], newId()],
      );
    }
  }

  start(talkMs: number): void {
    this.looking = this.look(talkMs);
  }

  private async look(talkMs: number): Promise<void> {
    while (!this.isOver) {
      const { rows } = await this.client.query<{ id: string; agent_id: string; code: string; ms: number }>({
        name: 'look',
        text: `select o.id, o.agent_id, c.code, (extract(epoch from clock_timestamp() - q.entered_at) * 1000)::float8 as ms
           from call_offer o join call c on c.id = o.call_id join queue_entry q on q.id = o.entry_id
          where o.state = 'live'`,
      });
      for (const row of rows) {
        if (this.seen.has(row.id)) continue;
        this.seen.add(row.id);
        this.waits.push({ ms: row.ms });
        void this.answer(this.byId.get(row.agent_id) as SimulatedAgent, row.code, talkMs);
      }
      await pause(LOOK_MS);
    }
  }

  private async answer(agent: SimulatedAgent, call: string, talkMs: number): Promise<void> {
    for (const what of ['accept', 'end'] as const) {
      const answer = await this.processes.order({ do: what, agent, call });
      if (answer.error) this.errors.push(`${what}: ${answer.error}`);
      if (what === 'accept') await pause(talkMs);
    }
  }

  async ring(n: number): Promise<void> {
    const answer = await this.processes.order({
      do: 'ring',
      phone: `+9665${10_000_000 + (n % 5000)}`,
      n,
      department: departments[n % 3],
    });
    if (answer.error) this.errors.push(`ring: ${answer.error}`);
  }

  async quiet(): Promise<void> {
    for (;;) {
      const { rows } = await this.client.query<{ n: number }>(
        'select count(*)::int as n from call where ended_at is null',
      );
      if (rows[0]?.n === 0) break;
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.looking;
  }
}

const line = (name: string, waits: Waited[]): string => {
  const ms = waits.map((wait) => wait.ms);
  const cells = [quantile(ms, 0.5), quantile(ms, 0.95), quantile(ms, 0.99), Math.max(...ms)].map((v) => v.toFixed(0));
  return `| ${name} | ${waits.length.toLocaleString('en')} | ${cells.join(' | ')} |`;
};

async function main(): Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-bench-'));
  fs.chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'pg') });
  const processes = new Processes();
  const settings = {
    DATA_DIR: directory,
    WRAP_UP_SECONDS: '0.5',
    AGENT_HEARTBEAT_SECONDS: '86400',
    OFFER_TIMEOUT_SECONDS: '60',
  };
  await processes.start(postgres.url, settings);
  await processes.start(postgres.url, settings);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const floor = new Floor(client, processes);
  await floor.hire();
  await client.query('analyze agent');
  floor.start(1500);
  for (let n = 0; n < 20; n += 1) await floor.ring(n);
  await floor.quiet();
  floor.waits.length = 0;
  for (let n = 0; n < SINGLES; n += 1) {
    await floor.ring(n);
    await pause(100);
  }
  await floor.quiet();
  const single = floor.waits.splice(0);
  process.stdout.write(`${line('one at a time', single)}\n`);
  const lines: string[] = [];
  const late: number[] = [];
  for (const rate of RATES) {
    const began = Date.now();
    const going: Promise<void>[] = [];
    for (let n = 0; n < rate * SECONDS; n += 1) {
      const due = began + (n * 1000) / rate;
      if (due > Date.now()) await pause(due - Date.now());
      going.push(floor.ring(n));
    }
    await Promise.all(going);
    await floor.quiet();
    const done = (rate * SECONDS * 1000) / (Date.now() - began);
    const waits = floor.waits.splice(0);
    lines.push(
      line(`${rate} calls a second for ${SECONDS} s; ${done.toFixed(0)} a second brought to their end`, waits),
    );
    const ms = waits.map((wait) => wait.ms);
    if (quantile(ms, 0.99) > MOST_MS) late.push(rate);
    process.stdout.write(`${lines.at(-1)}\n`);
  }
  await pause(1000);
  await floor.stop();
  const wrong = (await unfinished(client)).concat([...new Set(floor.errors)].slice(0, 5));
  writeSection(
    'distribution',
    'Distribution',
    [
      `\`npm run bench:distribution\`, ${new Date().toISOString().slice(0, 10)}; ${machine()}. Two processes of the product, PostgreSQL as it ships,`,
      `and the simulated agents and callers, all on that one machine. Control plane only: no audio, no carrier.`,
      '',
      `${AGENTS.toLocaleString('en')} agents in three departments. Milliseconds from the moment a call is put into the queue (inside that`,
      `transaction) until its offer is committed and seen by a client that looks every ${LOOK_MS} ms. The product is rung; its`,
      `own look every two seconds is for rings that were lost.`,
      '',
      '| | calls | p50 | p95 | p99 | max |',
      '|---|---|---|---|---|---|',
      line('one call each 100 ms or more', single),
      ...lines,
      '',
      `Promised: within ${MOST_MS} ms while agents are free${late.length === 0 ? '' : `; at ${late.join(' and ')} calls a second one in a hundred waited longer, for the processors, which also play the agents and callers`}. Each call is also answered, ended and written up meanwhile. ${wrong.length === 0 ? 'All calls came to their end and all invariants held.' : `Wrong: ${wrong.join('; ')}`}`,
    ].join('\n'),
  );
  process.stdout.write(`${wrong.join('\n')}\n`);
  await processes.stop();
  await client.end();
  await postgres.stop();
  fs.rmSync(directory, { recursive: true, force: true });
  process.exit(
    quantile(
      single.map((wait) => wait.ms),
      0.99,
    ) <= MOST_MS && wrong.length === 0
      ? 0
      : 1,
  );
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
