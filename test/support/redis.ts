import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port';
import { waitFor } from './wait-for';

/** A Redis for one test file. */
export interface TestRedis {
  host: string;
  port: number;
  /** As the product's settings. */
  env: { REDIS_HOST: string; REDIS_PORT: string };
  close(): Promise<void>;
}

/** Why tests that need Redis cannot run here; undefined when they can. */
export function redisMissing(): string | undefined {
  if (process.env.REDIS_URL) return undefined;
  const found = spawnSync('redis-server', ['--version']);
  return found.status === 0 ? undefined : 'no redis-server on PATH and no REDIS_URL: tests on Redis are skipped';
}

/** `describe` where Redis can be had, else a skipped one, and a line that says so. */
export function describeWithRedis(name: string, tests: () => void): void {
  const reason = redisMissing();
  if (reason) process.stderr.write(`${name}: ${reason}\n`);
  (reason ? describe.skip : describe)(name, tests);
}

/** Starts a redis-server of its own on a free port, or uses REDIS_URL. */
export async function startRedis(...flags: string[]): Promise<TestRedis> {
  if (process.env.REDIS_URL) {
    const { hostname, port } = new URL(process.env.REDIS_URL);
    return given(hostname, Number(port || 6379), async () => undefined);
  }
  const port = await freePort();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-redis-'));
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...flags];
  const server = spawn('redis-server', settings, { stdio: 'ignore' });
  await waitFor('redis-server to listen', () => connects(port));
  return given('127.0.0.1', port, async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    fs.rmSync(directory, { recursive: true, force: true });
  });
}

const given = (host: string, port: number, close: () => Promise<void>): TestRedis => ({
  host,
  port,
  env: { REDIS_HOST: host, REDIS_PORT: String(port) },
  close,
});

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
