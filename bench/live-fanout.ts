// npm run bench:live: the time from the commit of an event to the last of 1,000 Socket.IO and 200 plain WebSocket
// clients. The server runs as in the product, on its embedded PostgreSQL; the clients share the machine with it.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppModule } from '../src/app.module';
import { systemActor, type UserActor } from '../src/platform/access/actor';
import { Authenticator } from '../src/platform/access/authenticator';
import { Config } from '../src/platform/config/config';
import { Database } from '../src/platform/database/database';
import { DatabaseUrl } from '../src/platform/database/database-url';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres';
import { defineEvent } from '../src/platform/events/define-event';
import { EventLog } from '../src/platform/events/event-log';
import { configureHttp } from '../src/platform/http/configure-http';
import { newId } from '../src/platform/time/ids';
import { machine, writeSection } from './write-section';

const SOCKET_IO = 1000;
const PLAIN = 200;
const PACED = 300;
const PER_SECOND = 5;
const BURST = 300;

const measured = defineEvent<object>({
  name: 'bench.measured',
  live: 'bench:measured',
  description: 'For the measurement of live updates',
  schema: { type: 'object' },
  example: {},
});
/** About the size of a lead. */
const DATA = { id: 1, lead: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`field_${n}`, `value ${n}`])) };

interface Reached {
  seq: number;
  median: number;
  last: number;
}
type Report =
  ({ kind: 'reached' } & Reached) | { kind: 'connected'; ms: number } | { kind: 'lost' | 'failed'; reason: unknown };

const now = (): number => performance.timeOrigin + performance.now();
const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;
const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

async function startServer(directory: string) {
  fs.chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'pg') });
  const config = Config.load({
    NODE_ENV: 'development',
    LOG_LEVEL: 'error',
    DATA_DIR: directory,
    SAMPLE_DATA: 'false',
    RATE_LIMIT_SCALE: '0',
    DATABASE_URL: postgres.url,
  });
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, new DatabaseUrl(postgres.url)), {
    rawBody: true,
    bodyParser: false,
    logger: ['error'],
  });
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  // every client is an agent of its own, with a session of its own; only who they are is made up
  app.get(Authenticator).useReader({
    read: async ({ token }) => actor(token ?? ''),
    isAlive: async () => true,
  });
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, postgres, url: `http://127.0.0.1:${port}` };
}

const actor = (id: string): UserActor => ({ kind: 'user', id, sessionId: id, role: 'agent' });

async function main(): Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-bench-'));
  const { app, postgres, url } = await startServer(directory);
  const clients = fork(path.join(__dirname, 'live-clients.ts'));
  const reached = new Map<number, Reached>();
  let connectMs: number | undefined;
  clients.on('message', (report: Report) => {
    if (report.kind === 'reached') reached.set(report.seq, report);
    else if (report.kind === 'connected') connectMs = report.ms;
    else stop(clients, `a client was ${report.kind}: ${String(report.reason)}`);
  });
  const ids = (count: number): string[] => Array.from({ length: count }, () => newId());
  clients.send({ url, socketIo: ids(SOCKET_IO), plain: ids(PLAIN) });
  while (connectMs === undefined) await wait(50);
  console.log(`${SOCKET_IO} Socket.IO and ${PLAIN} plain clients connected in ${(connectMs / 1000).toFixed(1)} s`);

  const database = app.get(Database);
  const log = app.get(EventLog);
  const commits = new Map<string, number>();
  const commit = async (): Promise<void> => {
    const id = await database.transaction(async (tx) =>
      log.append(tx, measured, DATA, {
        actor: systemActor('bench'),
        aggregate: 'bench:1',
        audience: { roles: ['agent'], scope: 'leads:read' },
      }),
    );
    commits.set(id, now());
  };
  const everyone = async (count: number): Promise<void> => {
    while (reached.size < count) await wait(20);
  };

  for (let n = 0; n < 20; n += 1) await commit();
  await everyone(20);
  const cpu = process.cpuUsage();
  for (let n = 0; n < PACED; n += 1) {
    await commit();
    await wait(1000 / PER_SECOND);
  }
  await everyone(20 + PACED);
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000 / PACED;
  const began = now();
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let n = 0; n < BURST / 10; n += 1) await commit();
    }),
  );
  await everyone(20 + PACED + BURST);

  const rows = await database.read.rows<{ id: string; seq: number }>('select id, seq from event order by seq');
  const timed = rows.map(({ id, seq }) => ({ at: commits.get(id) ?? NaN, ...(reached.get(seq) as Reached) }));
  const paced = timed.slice(20, 20 + PACED);
  const burstMs = Math.max(...timed.slice(20 + PACED).map(({ last }) => last)) - began;
  const toLast = paced.map(({ at, last }) => last - at);
  const toMedian = paced.map(({ at, median }) => median - at);
  const messages = BURST * (SOCKET_IO * 2 + PLAIN);
  const line = (name: string, values: number[]): string =>
    `| ${name} | ${ms(quantile(values, 0.5))} | ${ms(quantile(values, 0.95))} | ${ms(Math.max(...values))} |`;
  const body = [
    `\`npm run bench:live\`, ${new Date().toISOString().slice(0, 10)}; ${machine()}. Server, embedded PostgreSQL and all`,
    `clients on that one machine; the clients decode what they get (Socket.IO each event twice, under its two names).`,
    ``,
    `${SOCKET_IO} Socket.IO and ${PLAIN} plain WebSocket clients, each an agent of his own; events of ${JSON.stringify(DATA).length} bytes of data.`,
    `Time from the commit to the clients, in ms, over ${PACED} events at ${PER_SECOND} a second:`,
    ``,
    `| from commit to | p50 | p95 | max |`,
    `|---|---|---|---|`,
    line('half of the clients', toMedian),
    line('the last of the clients', toLast),
    ``,
    `Processor time of the server for one event, everything included: ${ms(cpuMs)} ms, for ${SOCKET_IO * 2 + PLAIN} messages.`,
    ``,
    `A burst of ${BURST} events, committed as fast as ten writers can: all had reached all clients after ` +
      `${(burstMs / 1000).toFixed(2)} s, ${Math.round(messages / (burstMs / 1000)).toLocaleString('en')} messages a second.`,
  ].join('\n');
  console.log(body);
  writeSection('live', 'Live fan-out', body);
  clients.removeAllListeners('message');
  clients.disconnect();
  await app.close();
  await postgres.stop();
  fs.rmSync(directory, { recursive: true, force: true });
}

function stop(clients: ChildProcess, reason: string): never {
  console.error(reason);
  clients.kill();
  process.exit(1);
}

void main().catch((error: Error) => {
  console.error(error);
  process.exit(1);
});
