// npm start: builds when the sources have changed since the last build, then runs the product in this same process
// (so that Ctrl-C and SIGTERM reach it directly).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const require = createRequire(import.meta.url);

function sourceHash() {
  const hash = createHash('sha256');
  const files = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const folder of ['src', 'migrations', 'sandbox']) {
    if (!fs.existsSync(folder)) continue;
    for (const file of fs.readdirSync(folder, { recursive: true }).sort()) {
      if (/\.ts$/.test(file) && !/\.spec\.ts$/.test(file)) files.push(path.join(folder, file));
    }
  }
  for (const file of files) hash.update(file).update('\0').update(fs.readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Empty when there is no such file. */
const textOf = (file) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const isRunning = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Two that start at once, an api and a worker or two test files, would delete each other's output. */
function oneAtATime(work) {
  const lock = 'node_modules/.cache/building';
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = textOf(lock);
      // whoever was killed while building has left it behind
      if (holder !== '' && !isRunning(Number(holder))) fs.rmSync(lock, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
  try {
    return work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

/** Builds unless `dist` was made from these very sources. */
export function build() {
  const wanted = sourceHash();
  const stamp = 'dist/.source-hash';
  const isFresh = () => textOf(stamp) === wanted;
  if (isFresh()) return;
  const succeeded = oneAtATime(() => {
    if (isFresh()) return true;
    console.error('building (the sources have changed) …');
    const nest = require.resolve('@nestjs/cli/bin/nest.js');
    const run = spawnSync(process.execPath, [nest, 'build'], { stdio: 'inherit' });
    if (run.status === 0) fs.writeFileSync(stamp, wanted);
    return run.status === 0;
  });
  if (succeeded) return;
  console.error('cannot start: the build failed');
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (fs.existsSync('.env')) {
    const { config } = await import('dotenv');
    config({ path: '.env', quiet: true });
  }
  build();
  if (!process.argv.includes('--build-only')) require('../dist/src/main.js');
}
