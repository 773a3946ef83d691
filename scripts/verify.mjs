// npm test: everything that must hold, in one command. Each step prints its name; the first that fails ends the run.
// Names given as arguments run those steps only: `npm test lint types`.
import { spawnSync } from 'node:child_process';

const steps = {
  lint: ['npx', ['--no-install', 'eslint', '.']],
  types: ['npx', ['--no-install', 'tsc', '--noEmit']],
  'floor-plan': [
    'npx',
    ['--no-install', 'depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'migrations', 'sandbox'],
  ],
  build: [process.execPath, ['scripts/start.mjs', '--build-only']],
  // the documents' linter; it must neither phone home nor look for updates
  openapi: [
    'npx',
    ['--no-install', 'redocly', 'lint', 'docs/openapi.json'],
    { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  ],
  tests: ['npx', ['--no-install', 'jest']],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps[name]);
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}`);
  process.exit(1);
}
for (const [name, [command, args, env]] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = Date.now();
  console.log(`── ${name}`);
  const run = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (run.status !== 0) {
    console.error(`── ${name} failed`);
    process.exit(run.status ?? 1);
  }
  console.log(`── ${name} ok, ${((Date.now() - start) / 1000).toFixed(1)} s`);
}
