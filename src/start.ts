import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import fs from 'node:fs';
import path from 'node:path';
import { AppModule } from './app.module';
import { Config } from './platform/config/config';
import { ConfigurationError, environment, type Source } from './platform/config/load-env';
import { DatabaseUrl } from './platform/database/database-url';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './platform/database/embedded-postgres';
import { configureHttp } from './platform/http/configure-http';
import { SampleData } from './platform/sample-data/sample-data';

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
  let postgres: EmbeddedPostgres | undefined;
  let sandbox: Sandbox | undefined;
  try {
    sandbox = await sandboxFor(environment());
    const config = Config.load(sandbox?.settings);
    if (!config.database.url) {
      postgres = await startEmbeddedPostgres({
        directory: path.join(config.dataDir, 'pg'),
        log: (line) => say(`database: ${line}`),
      });
      say(`database: embedded PostgreSQL in ${postgres.dataDirectory}, as ${postgres.runsAs}`);
    }
    const url = new DatabaseUrl(config.database.url ?? postgres?.url ?? '');
    const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, url), {
      rawBody: true,
      bodyParser: false,
      bufferLogs: true,
      abortOnError: false,
    });
    app.useLogger(app.get(Logger));
    configureHttp(app);
    await app.init();
    await app.get(SampleData).createOnce();
    if (config.servesHttp) await app.listen(config.server.port, config.server.host);
    stopCleanly(app, postgres);
    for (const line of sandbox?.lines ?? []) say(`sandbox: ${line}`);
    say(`listening on http://localhost:${config.server.port}`);
  } catch (error) {
    say(`cannot start: ${reason(error)}`);
    await sandbox?.close();
    await postgres?.stop();
    process.exit(1);
  }
}

/** The stand-ins for providers without credentials: outside production, unless SANDBOX=false or the build lacks them. */
async function sandboxFor(settings: Source): Promise<Sandbox | undefined> {
  const file = path.join(__dirname, '../sandbox/index.js');
  if (settings.NODE_ENV === 'production' || settings.SANDBOX === 'false' || !fs.existsSync(file)) return undefined;
  const { startSandbox } = (await import(file)) as SandboxModule;
  return startSandbox(settings);
}

function stopCleanly(app: NestExpressApplication, postgres: EmbeddedPostgres | undefined): void {
  void postgres?.exited.then(() => {
    say('the embedded PostgreSQL has stopped');
    void app.close().finally(() => process.exit(1));
  });
}

/** One line: what is wrong, in the words of whoever has to mend it. */
function reason(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `port ${port} is taken; set PORT`;
  if (code === 'EACCES' && port) return `port ${port} needs more rights; set PORT`;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT')
    return `DATABASE_URL cannot be reached (${code})`;
  return (message ?? String(error)).split('\n', 1)[0] ?? 'unknown error';
}
