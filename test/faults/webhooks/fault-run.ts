import Redis from 'ioredis';
import http from 'node:http';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/platform/database/embedded-postgres';
import { newId } from '../../../src/platform/time/ids';
import { freePort } from '../../support/free-port';
import { type Product, send, spawnProduct } from '../../support/product';
import { startRedis } from '../../support/redis';
import { type Endpoint, NastyReceivers } from './nasty-receivers';

/** What is to happen. */
export interface FaultPlan {
  seed: number;
  events: number;
  faults: number;
  /** Milliseconds between two faults. */
  everyMs: number;
  redis: boolean;
  log?: (line: string) => void;
}

/** What came of it. */
export interface FaultReport {
  seed: number;
  store: 'postgres' | 'redis';
  events: number;
  deliveries: number;
  faults: Record<string, number>;
  answers: Record<string, number>;
  requests: number;
  /** Owed and never accepted, after everything was quiet. */
  lost: number;
  /** Acknowledged to the caller and not in the database. */
  forgotten: number;
  duplicates: number;
  badSignatures: number;
  outOfOrder: number;
  /** Seconds from a fault until all that had happened by then was delivered to the healthy endpoints. */
  recovery: Record<string, { worst: number; median: number }>;
  seconds: number;
}

const ADMIN = { email: 'ada@example.com', password: 'a-password-for-faults' };
const EVENTS = ['contact.created', 'contact.updated', 'lead.created', 'lead.updated'];
const OBJECTS = 40;
const SCHEDULE = [...Array<string>(6).fill('1s'), ...Array<string>(24).fill('2s')].join(',');
const QUIET_MS = 300_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A small generator (mulberry32): the same seed gives the same faults in the same order. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Runs the built product as processes, feeds it events, breaks everything in turn, and counts what arrived. */
export class FaultRun {
  private readonly random: () => number;
  private readonly receivers: NastyReceivers;
  private readonly processes = new Map<string, { product: Product; env: Record<string, string> }>();
  private readonly done: { kind: string; at: Date }[] = [];
  private readonly acknowledged = new Set<string>();
  private database!: pg.Pool;
  private feeding = true;
  private breaking = true;

  constructor(private readonly plan: FaultPlan) {
    this.random = seeded(plan.seed);
    this.receivers = new NastyReceivers(seeded(plan.seed + 1));
  }

  async run(): Promise<FaultReport> {
    const started = Date.now();
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-webhook-faults-'));
    fs.chmodSync(directory, 0o755);
    const postgres = await startEmbeddedPostgres({ directory, flags: ['-c', 'max_connections=300'] });
    const redis = this.plan.redis ? await startRedis('--appendonly', 'yes') : undefined;
    const redisClient = redis && new Redis(Number(redis.env.REDIS_PORT), redis.env.REDIS_HOST);
    redisClient?.on('error', () => undefined);
    this.database = new pg.Pool({ connectionString: postgres.url, max: 6 });
    this.database.on('error', () => undefined);
    try {
      await this.receivers.start();
      await this.startProcesses(postgres.url, path.join(directory, 'data'), redis?.env ?? {});
      await this.register();
      this.say(
        `seed ${this.plan.seed}: ${this.plan.events} events, ${this.plan.faults} faults, ${redis ? 'Redis' : 'PostgreSQL'}`,
      );
      await Promise.all([this.feedByCommit(), this.feedByHttp(), this.breakThings(redisClient)]);
      this.breaking = false;
      await this.settle();
      return await this.report(started);
    } finally {
      for (const { product } of this.processes.values()) {
        product.child.kill('SIGKILL');
        await product.exit;
      }
      await this.receivers.stop();
      redisClient?.disconnect();
      await redis?.close();
      await this.database.end().catch(() => undefined);
      await postgres.stop();
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }

  private say(line: string): void {
    this.plan.log?.(line);
  }

  private async startProcesses(url: string, dataDir: string, more: Record<string, string>): Promise<void> {
    const env = {
      DATABASE_URL: url,
      DATA_DIR: dataDir,
      DATABASE_POOL_SIZE: '10',
      SAMPLE_DATA: 'false',
      LOG_LEVEL: 'fatal',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      WEBHOOK_ALLOW_HTTP: 'true',
      WEBHOOK_ALLOW_PRIVATE_NETWORK: 'true',
      WEBHOOK_RETRY_SCHEDULE: SCHEDULE,
      ...more,
    };
    for (const [name, role] of [
      ['api', 'api'],
      ['worker-1', 'worker'],
      ['worker-2', 'worker'],
    ] as const) {
      await this.startProcess(name, { ...env, ROLE: role, PORT: String(await freePort()) });
      // the first one migrates
      await this.untilListening(name);
    }
  }

  private async startProcess(name: string, env: Record<string, string>): Promise<void> {
    const product = spawnProduct(env);
    this.processes.set(name, { product, env });
    // whatever ends is started again, as a process manager would
    void product.exit.then(async () => {
      await pause(200);
      if (this.breaking || this.feeding) await this.startProcess(name, env);
    });
  }

  private async untilListening(name: string): Promise<void> {
    const end = Date.now() + 90_000;
    while (!/listening on|working/.test(this.processes.get(name)?.product.stderr() ?? '')) {
      if (Date.now() > end) {
        throw new Error(`${name} does not start: ${this.processes.get(name)?.product.stderr()}`);
      }
      await pause(50);
    }
  }

  private get api(): string {
    return this.processes.get('api')?.product.url ?? '';
  }

  private async signIn(): Promise<string> {
    for (;;) {
      const { body } = await send(new http.Agent(), 'POST', `${this.api}/api/auth/login`, {}, ADMIN);
      const token = (body?.tokens as { access?: string } | undefined)?.access;
      if (token) return token;
      await pause(250);
    }
  }

  private async register(): Promise<void> {
    const token = await this.signIn();
    EVENTS.forEach((event, n) => this.receivers.add(`healthy-${n}`, 'healthy', event));
    this.receivers.add('nasty-1', 'nasty', EVENTS[0] as string);
    this.receivers.add('nasty-2', 'nasty', EVENTS[2] as string);
    this.receivers.add('ordered', 'ordered', EVENTS[1] as string);
    this.receivers.add('outages', 'outages', EVENTS[3] as string);
    for (const endpoint of this.receivers.endpoints) {
      const { body } = await send(
        new http.Agent(),
        'POST',
        `${this.api}/api/webhooks`,
        { Authorization: `Bearer ${token}` },
        {
          url: endpoint.url,
          events: [endpoint.event],
          ordering: endpoint.manner === 'ordered' ? 'per_object' : 'none',
        },
      );
      endpoint.code = String(body?.webhook_id);
      endpoint.secret = String(body?.secret);
    }
  }

  /** Four fifths of the events: committed with others of their transaction, as a room's use case commits them. */
  private async feedByCommit(): Promise<void> {
    const wanted = Math.floor(this.plan.events * 0.8);
    const everyMs = (this.plan.faults * this.plan.everyMs) / (wanted / 20);
    let next = Date.now();
    for (let made = 0; made < wanted;) {
      const ids = Array.from({ length: 20 }, newId);
      const objects = ids.map((_, n) => `thing:${(made + n) % OBJECTS}`);
      const names = ids.map((_, n) => EVENTS[Math.floor((made + n) / OBJECTS) % EVENTS.length]);
      try {
        await this.database.query(
          `insert into event (id, name, aggregate, data, actor, audience_roles, audience_departments, audience_users, audience_scope)
           select id, name, object, jsonb_build_object('object', object), '{"kind":"system","id":"faults"}', '{}', '{}', '{}', 'leads:read'
           from unnest($1::uuid[], $2::text[], $3::text[]) as e(id, name, object)`,
          [ids, names, objects],
        );
        ids.forEach((id) => this.acknowledged.add(id));
        made += ids.length;
      } catch {
        // the database is being broken; what was committed all the same is counted from its rows
        await pause(100);
      }
      next += everyMs;
      await pause(Math.max(0, next - Date.now()));
    }
  }

  /** The other fifth through the API, which dies now and then in the middle of a request. */
  private async feedByHttp(): Promise<void> {
    const wanted = this.plan.events - Math.floor(this.plan.events * 0.8);
    const everyMs = ((this.plan.faults * this.plan.everyMs) / wanted) * 4;
    let made = 0;
    let token = await this.signIn();
    await Promise.all(
      Array.from({ length: 4 }, async (_, feeder) => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        let next = Date.now();
        while (made < wanted) {
          const event = EVENTS[made % EVENTS.length];
          const { status, body } = await send(
            agent,
            'POST',
            `${this.api}/api/webhooks/trigger`,
            { Authorization: `Bearer ${token}` },
            { event, data: { feeder, made } },
          );
          if (status === 200) {
            made += 1;
            this.acknowledged.add(String(body?.event_id));
          } else if (status === 401) token = await this.signIn();
          else await pause(200);
          next = Math.max(next + everyMs, Date.now() - 5_000);
          await pause(Math.max(0, next - Date.now()));
        }
        agent.destroy();
      }),
    );
  }

  private async breakThings(redis: Redis | undefined): Promise<void> {
    for (let n = 0; n < this.plan.faults; n += 1) {
      await pause(this.plan.everyMs);
      const dice = this.random();
      const kind = redis && dice < 0.2 ? 'Redis emptied' : await this.breakOne(this.random());
      if (kind === 'Redis emptied') await redis?.flushall();
      this.done.push({ kind, at: new Date() });
      if (n % 10 === 9) this.say(`${n + 1} faults, ${this.acknowledged.size} events`);
    }
    this.feeding = false;
  }

  private async breakOne(dice: number): Promise<string> {
    if (dice < 0.6) {
      const name = dice < 0.25 ? 'worker-1' : dice < 0.5 ? 'worker-2' : 'api';
      this.processes.get(name)?.product.child.kill('SIGKILL');
      return name === 'api' ? 'SIGKILL of the API' : 'SIGKILL of a worker';
    }
    if (dice < 0.75) {
      await this.crashPostgres();
      return 'PostgreSQL crash and restart';
    }
    if (dice < 0.85) {
      await this.database
        .query(
          `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and application_name like 'call-centre%'`,
        )
        .catch(() => undefined);
      return 'all database connections cut';
    }
    const outage = this.receivers.endpoints.find((one) => one.manner === 'outages') as Endpoint;
    outage.down = true;
    setTimeout(() => (outage.down = false), 2_000 + this.random() * 3_000);
    return 'endpoint down for seconds';
  }

  /** A server process that dies by SIGKILL makes PostgreSQL end all others and recover from its log. */
  private async crashPostgres(): Promise<void> {
    const { rows } = await this.database
      .query<{ pid: number }>(
        `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`,
      )
      .catch(() => ({ rows: [] as { pid: number }[] }));
    if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
  }

  /** Until nothing is owed any more. */
  private async settle(): Promise<void> {
    const end = Date.now() + QUIET_MS;
    for (;;) {
      const left = await this.database
        .query<{ n: number }>(
          `select (select count(*) from event where seq is null)::int
             + (select count(*) from webhook_delivery where status = 'pending')::int as n`,
        )
        .then(({ rows }) => rows[0]?.n ?? 1)
        .catch(() => 1);
      if (left === 0) return;
      if (Date.now() > end) return this.say(`gave up: ${left} are still open`);
      await pause(250);
    }
  }

  private async report(started: number): Promise<FaultReport> {
    const { rows: events } = await this.database.query<{ id: string; name: string }>('select id, name from event');
    const known = new Set(events.map((event) => event.id));
    let lost = 0;
    let deliveries = 0;
    let duplicates = 0;
    for (const endpoint of this.receivers.endpoints) {
      for (const event of events) {
        if (event.name !== endpoint.event) continue;
        deliveries += 1;
        const times = endpoint.accepted.get(event.id) ?? 0;
        if (times === 0) lost += 1;
        duplicates += Math.max(0, times - 1);
      }
    }
    const faults: Record<string, number> = {};
    for (const { kind } of this.done) faults[kind] = (faults[kind] ?? 0) + 1;
    return {
      seed: this.plan.seed,
      store: this.plan.redis ? 'redis' : 'postgres',
      events: events.length,
      deliveries,
      faults,
      answers: this.receivers.answers,
      requests: this.receivers.endpoints.reduce((sum, endpoint) => sum + endpoint.requests, 0),
      lost,
      forgotten: [...this.acknowledged].filter((id) => !known.has(id)).length,
      duplicates,
      badSignatures: this.receivers.endpoints.reduce((sum, endpoint) => sum + endpoint.badSignatures, 0),
      outOfOrder: this.outOfOrder(),
      recovery: await this.recovery(),
      seconds: Math.round((Date.now() - started) / 1000),
    };
  }

  /** How often the ordered endpoint accepted an event of an object after a later one of the same object. */
  private outOfOrder(): number {
    const last = new Map<string, number>();
    let wrong = 0;
    for (const { aggregate, seq } of this.receivers.endpoints.find((one) => one.manner === 'ordered')?.order ?? []) {
      if (seq < (last.get(aggregate) ?? 0)) wrong += 1;
      last.set(aggregate, Math.max(seq, last.get(aggregate) ?? 0));
    }
    return wrong;
  }

  /** From the rows: of all that had happened before a fault and was delivered after it, the last one's time. */
  private async recovery(): Promise<FaultReport['recovery']> {
    const healthy = this.receivers.endpoints.filter((one) => one.manner === 'healthy').map((one) => one.code);
    const byKind = new Map<string, number[]>();
    for (const { kind, at } of this.done) {
      const { rows } = await this.database.query<{ seconds: number | null }>(
        `select extract(epoch from max(d.finished_at) - $2::timestamptz)::float8 as seconds
         from webhook_delivery d join webhook w on w.id = d.webhook_id join event e on e.id = d.event_id
         where w.code = any($1) and e.occurred_at <= $2 and d.finished_at > $2`,
        [healthy, at],
      );
      byKind.set(kind, [...(byKind.get(kind) ?? []), rows[0]?.seconds ?? 0]);
    }
    return Object.fromEntries(
      [...byKind].map(([kind, list]) => {
        const sorted = list.sort((a, b) => a - b);
        return [kind, { worst: sorted.at(-1) ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 }];
      }),
    );
  }
}
