import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import pg from 'pg';
import { waitFor } from './wait-for';

const ROOT = path.resolve(__dirname, '../..');

/** The built product, running as a process of its own. */
export interface Product {
  url: string;
  child: ChildProcess;
  /** What it has said to people, and its log. */
  stderr: () => string;
  stdout: () => string;
  /** Settles when the process has ended. */
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Builds unless the build is fresh; the test command has done so already. */
export function build(): void {
  const run = spawnSync(process.execPath, ['scripts/start.mjs', '--build-only'], { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the build failed:\n${run.stdout}${run.stderr}`);
}

/** Starts the built product; its environment is exactly `env`, so that nobody's .env plays a part. */
export function spawnProduct(env: Record<string, string>): Product {
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
      SANDBOX: 'false',
      RATE_LIMIT_SCALE: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  let stdout = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  return { url: `http://127.0.0.1:${env.PORT}`, child, stderr: () => stderr, stdout: () => stdout, exit };
}

/** Starts it and waits until it listens. */
export async function startProduct(env: Record<string, string>): Promise<Product> {
  const product = spawnProduct(env);
  await waitFor(
    'the product to listen',
    () => {
      if (product.child.exitCode !== null) throw new Error(`it ended instead: ${product.stderr()}${product.stdout()}`);
      return product.stderr().includes('listening on');
    },
    120_000,
  );
  return product;
}

/** A connection to the embedded database of a running product. */
export async function embeddedDatabase(product: Product): Promise<pg.Client> {
  const data = /embedded PostgreSQL in (\S+),/.exec(product.stderr())?.[1];
  if (!data) throw new Error('it does not say where its database is');
  const port = Number(fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[3]);
  const password = fs.readFileSync(path.join(path.dirname(data), 'secret'), 'utf8').trim();
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'app', password, database: 'app' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Every process below this one (Linux; elsewhere none is found). */
export function descendants(pid: number): number[] {
  if (!fs.existsSync('/proc/self/stat')) return [];
  const children = new Map<number, number[]>();
  for (const name of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // it ended while we looked
    }
  }
  const below = (parent: number): number[] => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

/** Whether a process is there and no zombie. */
export function isRunning(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** The admin of the products that are started here; `WITH_ADMIN` makes him, and no sample data. */
const ADMIN = { email: 'ada@example.com', password: 'a-password-for-tests' };
export const WITH_ADMIN = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, SAMPLE_DATA: 'false' };

/** Signs the admin in; returns his access token. */
export async function signIn({ url }: Pick<Product, 'url'>): Promise<string> {
  const answer = await send(new http.Agent(), 'POST', `${url}/api/auth/login`, {}, ADMIN);
  if (answer.status !== 200) throw new Error(`the admin could not sign in: ${JSON.stringify(answer)}`);
  return (answer.body?.tokens as { access: string }).access;
}

/** A status, or the code of the error with which a request failed. */
export interface Outcome {
  status?: number;
  body?: Record<string, unknown>;
  failed?: string;
}

/** Sends one request over a connection of `agent`. */
export const send = (
  agent: http.Agent,
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body?: object,
): Promise<Outcome> =>
  new Promise((resolve) => {
    const text = body && JSON.stringify(body);
    const request = http.request(
      url,
      {
        method,
        agent,
        headers: {
          ...headers,
          ...(text ? { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) } : {}),
        },
      },
      (response) => {
        let received = '';
        response.on('data', (chunk: Buffer) => (received += chunk.toString()));
        response.on('error', (error: NodeJS.ErrnoException) => resolve({ failed: error.code ?? error.message }));
        response.on('end', () =>
          resolve({ status: response.statusCode, body: JSON.parse(received || '{}') as Record<string, unknown> }),
        );
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => resolve({ failed: error.code ?? error.message }));
    request.end(text);
  });
