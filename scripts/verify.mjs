// npm test: everything that must hold, in one command. First what can be said without running the product, two checks
// side by side, each printed whole when it is done; then the tests, which use both cores themselves.
// Names given as arguments run those steps only: `npm test lint types`.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const bin = (name, ...args) => [`node_modules/.bin/${name}`, ...args];

// The longest first, so that the short ones fill the gap beside it.
const checks = {
  lint: bin('eslint', '.'),
  build: ['scripts/start.mjs', '--build-only'],
  types: bin('tsc', '--noEmit'),
  'floor-plan': bin('depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'migrations', 'sandbox'),
  openapi: bin('redocly', 'lint', 'docs/openapi.json'),
};
const tests = bin('jest');

// the documents' linter must neither phone home nor look for updates
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** Runs one step, and prints what it said when it is done, or as it speaks; tells whether it succeeded. */
async function run(name, args, live) {
  const start = performance.now();
  if (live) console.log(`── ${name}`);
  const child = spawn(process.execPath, args, { env, stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => (said.push(Buffer.from(`${error.message}\n`)), resolve(1)));
    child.once('close', resolve);
  });
  const took = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  process.stdout.write(Buffer.concat(said));
  console.log(`── ${name} ${code === 0 ? 'ok' : 'failed'}, ${took}`);
  return code === 0;
}

const asked = process.argv.slice(2);
const known = [...Object.keys(checks), 'tests'];
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(1);
}
const wanted = (name) => asked.length === 0 || asked.includes(name);

const queue = Object.entries(checks).filter(([name]) => wanted(name));
let failed = false;
const worker = async () => {
  for (let next = queue.shift(); next; next = queue.shift()) if (!(await run(...next))) failed = true;
};
await Promise.all([worker(), worker()]);
// all checks are told before the run ends, but the tests are not begun on something that is known to be wrong
if (!failed && wanted('tests')) failed = !(await run('tests', tests, true));
process.exitCode = failed ? 1 : 0;
