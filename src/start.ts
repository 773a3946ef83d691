import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { AppModule } from './app.module';
import { Config } from './platform/config/config';
import { ConfigurationError, environment, type Source } from './platform/config/load-env';
import { sqlState } from './platform/database/database';
import { DatabaseUrl } from './platform/database/database-url';
import { startEmbeddedPostgres } from './platform/database/embedded-postgres';
import { configureHttp } from './platform/http/configure-http';
import { SampleData } from './platform/sample-data/sample-data';
import { withoutFramework } from './platform/telemetry/logging';
import { Drain, Stopper } from './stop';
import { welcome } from './welcome';

/** What `sandbox/index.ts` offers; it is no part of a production build, so its types are not imported. */
interface SandboxModule {
  startSandbox(settings: Source): Promise<Sandbox>;
}
interface Sandbox {
  settings: Source;
  lines: string[];
  close(): Promise<void>;
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Starts the product as its environment says; on a failure prints one line and exits with 1. */
export async function start(): Promise<void> {
  const stopper = new Stopper(say);
  stopper.onSignals();
  try {
    await startAll(stopper);
  } catch (error) {
    // a signal during the start makes what is being started fail; the stop is under way already
    if (stopper.stopping) return;
    say(`cannot start: ${reason(error)}`);
    await stopper.exit(1);
  }
}

async function startAll(stopper: Stopper): Promise<void> {
  const sandbox = await sandboxFor(environment());
  if (sandbox) stopper.started('sandbox', () => sandbox.close());
  const config = Config.load(sandbox?.settings);
  if (config.servesHttp) await mayListen(config.server.port, config.server.host);
  const url = new DatabaseUrl(config.database.url ?? (await embeddedPostgres(config, stopper)));
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, url), {
    rawBody: true,
    bodyParser: false,
    bufferLogs: true,
    // what makes the start fail is said by us, in one line
    autoFlushLogs: false,
    abortOnError: false,
  });
  // workers, sockets, then the connections to the database
  stopper.started('server', () => app.close());
  app.useLogger(withoutFramework(app.get(Logger)));
  app.flushLogs();
  configureHttp(app);
  await app.init();
  await app.get(SampleData).createOnce();
  if (config.servesHttp) {
    const drain = new Drain(app.getHttpServer());
    await app.listen(config.server.port, config.server.host);
    stopper.started('requests', () => drain.finish());
  }
  for (const line of sandbox?.lines ?? []) say(`sandbox: ${line}`);
  for (const line of welcome(config, await app.get(SampleData).isThere())) say(line);
}

/** Throws when the port cannot be had: better now than after the database has been started and migrated. */
const mayListen = (port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(port, host, () => probe.close(() => resolve()));
  });

/** Starts our own PostgreSQL and returns its address; when it stops by itself, so do we. */
async function embeddedPostgres(config: Config, stopper: Stopper): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    directory: path.join(config.dataDir, 'pg'),
    log: (line) => say(`database: ${line}`),
  });
  stopper.started('database', () => postgres.stop());
  void postgres.exited.then(() => {
    if (stopper.stopping) return;
    say('the embedded PostgreSQL has stopped');
    void stopper.exit(1);
  });
  say(`database: embedded PostgreSQL in ${postgres.dataDirectory}, as ${postgres.runsAs}`);
  return postgres.url;
}

/** The stand-ins for providers without credentials: outside production, unless SANDBOX=false or the build lacks them. */
async function sandboxFor(settings: Source): Promise<Sandbox | undefined> {
  const file = path.join(__dirname, '../sandbox/index.js');
  if (settings.NODE_ENV === 'production' || settings.SANDBOX === 'false' || !fs.existsSync(file)) return undefined;
  const { startSandbox } = (await import(file)) as SandboxModule;
  return startSandbox(settings);
}

const NOT_REACHED = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  // refused credentials, no such database, too many connections, starting up or shutting down
  ...['28000', '28P01', '3D000', '53300', '57P03'],
]);

/** One line: what is wrong, in the words of whoever has to mend it. */
function reason(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  const { code, message, port, path: file } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `port ${port} is taken; set PORT`;
  if (code === 'EADDRNOTAVAIL') return 'HOST is no address of this machine';
  if (code === 'EACCES' && port) return `port ${port} needs more rights; set PORT`;
  if (code && file && ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(code))
    return `DATA_DIR cannot be used: ${code} on ${file}`;
  const sqlCode = sqlState(error);
  if ((code && NOT_REACHED.has(code)) || (sqlCode && NOT_REACHED.has(sqlCode)) || /timeout/i.test(message ?? ''))
    return `DATABASE_URL cannot be reached (${code ?? sqlCode ?? 'timeout'})`;
  return (message ?? String(error)).split('\n', 1)[0] ?? 'unknown error';
}
