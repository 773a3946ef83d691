import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { AppModule } from '../../src/app.module';
import type { Actor } from '../../src/platform/access/actor';
import { type AgentProfiles, Authenticator, type CredentialReader } from '../../src/platform/access/authenticator';
import { Config } from '../../src/platform/config/config';
import { Database } from '../../src/platform/database/database';
import { DatabaseUrl } from '../../src/platform/database/database-url';
import { configureHttp } from '../../src/platform/http/configure-http';
import { createDatabase, databaseUrl, dropDatabase, TEMPLATE } from './databases';

/** The product itself, listening on a free port, on a database of its own. */
export interface TestApp {
  nest: NestExpressApplication;
  config: Config;
  database: Database;
  databaseUrl: string;
  /** `http://127.0.0.1:port` */
  url: string;
  dataDir: string;
  /** supertest on the running server. */
  http: ReturnType<typeof request>;
  /** A bearer token that makes the request run as exactly this actor. */
  tokenFor(actor: Actor): string;
  close(): Promise<void>;
}

interface Options {
  env?: Record<string, string>;
  /** Join a running test app's database (a second process's stand-in) instead of cloning a fresh one. */
  databaseUrl?: string;
  dataDir?: string;
}

const ACTOR_TOKEN = 'actor.';

/** Starts the product as `main.ts` would, with test settings; close it in afterAll. */
export async function startTestApp(options: Options = {}): Promise<TestApp> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  if (!options.databaseUrl) await createDatabase(name, TEMPLATE);
  const url = options.databaseUrl ?? databaseUrl(name);
  const dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-data-'));
  const config = Config.load({
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    DATA_DIR: dataDir,
    SAMPLE_DATA: 'false',
    RATE_LIMIT_SCALE: '0',
    DATABASE_POOL_SIZE: '10',
    ...options.env,
    DATABASE_URL: url,
  });
  const nest = await NestFactory.create<NestExpressApplication>(AppModule.with(config, new DatabaseUrl(url)), {
    rawBody: true,
    bodyParser: false,
    logger: process.env.TEST_LOG_LEVEL ? undefined : false,
    abortOnError: false,
  });
  configureHttp(nest);
  await nest.listen(0, '127.0.0.1');
  acceptActorTokens(nest.get(Authenticator));
  const { port } = nest.getHttpServer().address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  return {
    nest,
    config,
    database: nest.get(Database),
    databaseUrl: url,
    url: base,
    dataDir,
    http: request(base),
    tokenFor: (actor) => ACTOR_TOKEN + Buffer.from(JSON.stringify(actor)).toString('base64url'),
    close: async () => {
      await nest.close();
      if (!options.databaseUrl) await dropDatabase(name);
      if (!options.dataDir) fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Puts a reader before the real one that takes the actor out of the token: only tests hold such tokens. */
function acceptActorTokens(authenticator: Authenticator): void {
  const { reader: real, profiles } = authenticator as unknown as {
    reader?: CredentialReader;
    profiles?: AgentProfiles;
  };
  const actorIn = (text: string | undefined): Actor | undefined => {
    const token = text?.replace(/^Bearer /, '');
    if (!token?.startsWith(ACTOR_TOKEN)) return undefined;
    return JSON.parse(Buffer.from(token.slice(ACTOR_TOKEN.length), 'base64url').toString()) as Actor;
  };
  const made = new Map<string, Actor>();
  authenticator.useReader({
    read: async (credentials) => {
      const actor = actorIn(credentials.token) ?? actorIn(credentials.headers.authorization);
      if (actor) made.set(actor.id, actor);
      return actor ?? real?.read(credentials);
    },
    isAlive: async (actor) => made.has(actor.id) || ((await real?.isAlive(actor)) ?? false),
  });
  authenticator.useProfiles({
    profileOf: async (userId) => (made.has(userId) ? made.get(userId)?.agent : profiles?.profileOf(userId)),
  });
}
