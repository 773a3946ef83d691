// npm run bench:webhooks: how many deliveries a second go the whole way from a commit to a receiver that verifies them,
// how long one takes at a calm rate, beside a bare loop of fetch over the same bodies, and what hanging endpoints cost
// the others. Product, PostgreSQL, feeder and receiver share this machine.
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres';
import { newId } from '../src/platform/time/ids';
import { freePort } from '../test/support/free-port';
import { build, type Product, send, startProduct } from '../test/support/product';
import type { Order, Told } from './webhooks/receiver';
import { machine, writeSection } from './write-section';

const ADMIN = { email: 'bench@example.com', password: 'a-password-for-benches' };
const ENDPOINTS = 10;
const MANY = Number(process.env.EVENTS ?? 10_000);
const FAN_OUT_EVENTS = Math.floor(MANY / 5);
const PER_SECOND = 200;
const CALM_SECONDS = Number(process.env.SECONDS ?? 15);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const FETCHES = MANY;

const now = (): number => performance.timeOrigin + performance.now();
const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;
/** A body of ordinary size: a call. */
const DATA = {
  call_id: 'CALL-1A2B3C4D',
  status: 'in_progress',
  phone_number: '+966501234567',
  customer_name: 'Ahmed Mohamed',
  department: 'sales',
  priority: 'high',
  metadata: Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`field_${n}`, `value ${n}`])),
};

/** The receiver's process. */
class Receiver {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static start(): Promise<Receiver> {
    const child = fork(path.join(__dirname, 'webhooks/receiver.ts'), { execArgv: process.execArgv });
    return new Promise((resolve) =>
      child.once('message', (told: Told) => told.kind === 'listening' && resolve(new Receiver(child, told.port))),
    );
  }

  tell = (order: Order): void => void this.child.send(order);

  report(): Promise<Extract<Told, { kind: 'report' }>> {
    return new Promise((resolve) => {
      this.child.once('message', (told: Told) => told.kind === 'report' && resolve(told));
      this.tell({ kind: 'report' });
    });
  }

  /** Waits until `count` deliveries have come; says when the last of them did. */
  async until(count: number, limitMs: number): Promise<{ last: number; count: number }> {
    const end = Date.now() + limitMs;
    for (;;) {
      const report = await this.report();
      if (report.count >= count || Date.now() > end) return report;
      await wait(100);
    }
  }

  stop = (): void => void this.child.kill();
}

class Bench {
  private events: string[] = [];
  private token = '';
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 16 });

  constructor(
    private readonly product: Product,
    private readonly database: pg.Pool,
    private readonly receiver: Receiver,
  ) {}

  private async api(method: string, where: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await send(
      this.agent,
      method,
      `${this.product.url}${where}`,
      { Authorization: `Bearer ${this.token}` },
      body,
    );
    if (!answer.status || answer.status >= 300) throw new Error(`${method} ${where}: ${JSON.stringify(answer)}`);
    return answer.body ?? {};
  }

  async signIn(): Promise<void> {
    const { body } = await send(this.agent, 'POST', `${this.product.url}/api/auth/login`, {}, ADMIN);
    this.token = (body?.tokens as { access: string }).access;
    const { events } = (await this.api('GET', '/api/webhooks/events')) as { events: { event: string }[] };
    this.events = events
      .map((one) => one.event)
      .filter((name) => name !== 'webhook.disabled')
      .slice(0, ENDPOINTS);
  }

  /** Registers one endpoint for each event, or for all of them; the first `hanging` never answer. */
  async endpoints(prefix: string, all: boolean, hanging = 0): Promise<() => Promise<void>> {
    const codes: string[] = [];
    for (const [n, event] of this.events.entries()) {
      const where = `/${prefix}-${n}`;
      const made = await this.api('POST', '/api/webhooks', {
        url: `http://127.0.0.1:${this.receiver.port}${where}`,
        events: all ? this.events : [event],
      });
      this.receiver.tell({ kind: 'expect', path: where, secret: String(made.secret), hangs: n < hanging });
      codes.push(String(made.webhook_id));
    }
    this.receiver.tell({ kind: 'forget' });
    return async () => {
      for (const code of codes) await this.api('DELETE', `/api/webhooks/${code}`);
    };
  }

  /** Commits events as rooms do: in the transaction of a change, and rings after the commit. */
  private async commit(count: number, first: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, n) => ({
      id: newId(),
      name: this.events[(first + n) % this.events.length],
      aggregate: `bench:${first + n}`,
      data: { ...DATA, sent: now() },
    }));
    await this.database.query(
      `insert into event (id, name, aggregate, data, actor, audience_roles, audience_departments, audience_users, audience_scope)
       select id, name, aggregate, data, '{"kind":"system","id":"bench"}', '{}', '{}', '{}', 'leads:read'
       from jsonb_to_recordset($1::jsonb) as e(id uuid, name text, aggregate text, data jsonb)`,
      [JSON.stringify(rows)],
    );
    await this.database.query(`select pg_notify('event_appended', '')`);
  }

  /** As many as there are, as fast as it goes: deliveries a second from the first commit to the last receipt. */
  async sustained(all: boolean, events: number): Promise<{ rate: number; deliveries: number; missing: number }> {
    const remove = await this.endpoints(all ? 'fan' : 'one', all);
    const deliveries = all ? events * this.events.length : events;
    const start = now();
    for (let made = 0; made < events; made += 100) await this.commit(100, made);
    const { last, count } = await this.receiver.until(deliveries, 300_000);
    await remove();
    return { rate: count / ((last - start) / 1000), deliveries, missing: deliveries - count };
  }

  /** At a calm rate: milliseconds from just before the commit to the receipt, of the endpoints that answer. */
  async calm(hanging: number, http: boolean): Promise<number[]> {
    const remove = await this.endpoints(`calm${http ? '-http' : ''}-${hanging}`, false, hanging);
    // what hangs has been found out, and the rest has its connections
    await this.pace(hanging > 0 ? 20 : 3, http);
    await wait(1000);
    this.receiver.tell({ kind: 'forget' });
    const sent = await this.pace(CALM_SECONDS, http);
    const healthy = Math.floor((sent * (this.events.length - hanging)) / this.events.length);
    await this.receiver.until(healthy, 30_000);
    const { latencies } = await this.receiver.report();
    await remove();
    return Object.values(latencies).flat();
  }

  private async pace(seconds: number, http: boolean): Promise<number> {
    const count = seconds * PER_SECOND;
    const start = now();
    const open: Promise<unknown>[] = [];
    for (let n = 0; n < count; n += 1) {
      const due = start + (n * 1000) / PER_SECOND;
      if (due > now()) await wait(due - now());
      open.push(
        http
          ? this.api('POST', '/api/webhooks/trigger', {
              event: this.events[n % this.events.length],
              data: { ...DATA, sent: now() },
            })
          : this.commit(1, n),
      );
    }
    await Promise.all(open);
    return count;
  }

  /** What this machine does with nothing but fetch: 32 at a time, the same bodies, the same receiver. */
  async bareFetch(): Promise<number> {
    const url = `http://127.0.0.1:${this.receiver.port}/bare`;
    const body = JSON.stringify({ event: 'x', type: 'x', id: newId(), seq: 1, timestamp: new Date(), data: DATA });
    let left = FETCHES;
    const start = now();
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        while (left-- > 0) {
          const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
          await answer.arrayBuffer();
        }
      }),
    );
    return FETCHES / ((now() - start) / 1000);
  }
}

async function main(): Promise<void> {
  build();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-webhook-bench-'));
  fs.chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory });
  const product = await startProduct({
    DATABASE_URL: postgres.url,
    DATA_DIR: path.join(directory, 'data'),
    PORT: String(await freePort()),
    SAMPLE_DATA: 'false',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    WEBHOOK_ALLOW_HTTP: 'true',
    WEBHOOK_ALLOW_PRIVATE_NETWORK: 'true',
  });
  const receiver = await Receiver.start();
  const database = new pg.Pool({ connectionString: postgres.url, max: 10 });
  const bench = new Bench(product, database, receiver);
  const say = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
  try {
    await bench.signIn();
    await bench.sustained(false, 2_000);
    const bare = await bench.bareFetch();
    say(`bare fetch ${bare.toFixed(0)}/s`);
    const one = await bench.sustained(false, MANY);
    say(`one endpoint an event ${one.rate.toFixed(0)}/s, missing ${one.missing}`);
    const fan = await bench.sustained(true, FAN_OUT_EVENTS);
    say(`ten endpoints an event ${fan.rate.toFixed(0)}/s, missing ${fan.missing}`);
    // in turns, so that a noisy machine disturbs both
    const calm: number[] = [];
    const disturbed: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const quiet = await bench.calm(0, false);
      const beside = await bench.calm(2, false);
      say(`p99 ${quantile(quiet, 0.99).toFixed(0)} ms, while two of ten hang ${quantile(beside, 0.99).toFixed(0)} ms`);
      calm.push(...quiet);
      disturbed.push(...beside);
    }
    const triggered = await bench.calm(0, true);
    say(`triggered p99 ${quantile(triggered, 0.99).toFixed(0)} ms`);
    const bareAgain = await bench.bareFetch();
    write({ bare, bareAgain, one, fan, calm, triggered, disturbed });
  } finally {
    receiver.stop();
    product.child.kill('SIGTERM');
    await product.exit;
    await database.end();
    await postgres.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

interface Results {
  bare: number;
  bareAgain: number;
  one: { rate: number; deliveries: number };
  fan: { rate: number; deliveries: number };
  calm: number[];
  triggered: number[];
  disturbed: number[];
}

function write(results: Results): void {
  const { bare, bareAgain, one, fan, calm, triggered, disturbed } = results;
  const row = (name: string, list: number[]): string =>
    `| ${name} | ${list.length.toLocaleString('en')} | ${[0.5, 0.95, 0.99].map((q) => quantile(list, q).toFixed(0)).join(' | ')} |`;
  const perSecond = (rate: number): string => Math.round(rate).toLocaleString('en');
  writeSection(
    'webhooks',
    'Webhook deliveries',
    `\`npm run bench:webhooks\`, ${new Date().toISOString().slice(0, 10)}; ${machine()}. One process of the product (\`ROLE=all\`),
its embedded PostgreSQL with default durability, the feeder and a receiver that verifies every signature with the official
library: all on that one machine. ${ENDPOINTS} endpoints; bodies of ${JSON.stringify(DATA).length} bytes of data.

From the first commit to the last receipt, everything committed as fast as it goes:

| | deliveries | a second |
|---|---|---|
| each event to one endpoint | ${one.deliveries.toLocaleString('en')} | ${perSecond(one.rate)} |
| each event to all ten | ${fan.deliveries.toLocaleString('en')} | ${perSecond(fan.rate)} |
| a bare loop of \`fetch\`, 32 at a time, same bodies, same receiver, before and after | ${FETCHES.toLocaleString('en')} | ${perSecond(bare)} and ${perSecond(bareAgain)} |

At ${PER_SECOND} events a second, each to one endpoint, milliseconds from just before the commit (or the HTTP request) to the receipt,
the first and the last line in ${ROUNDS} rounds by turns:

| | receipts | p50 | p95 | p99 |
|---|---|---|---|---|
${row('committed by the database', calm)}
${row('`POST /api/webhooks/trigger`', triggered)}
${row('committed, two of the ten endpoints hang: the other eight', disturbed)}`,
  );
}

void main();
