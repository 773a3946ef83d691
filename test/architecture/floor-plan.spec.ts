import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

/** A little house with every offence against the floor plan that its rules name. */
const PLANTED: Record<string, string> = {
  'tsconfig.json': '{"compilerOptions":{"module":"nodenext","moduleResolution":"nodenext"}}',
  'package.json': '{"name":"planted","version":"0.0.0","dependencies":{"typeorm":"1.0.0"}}',
  'node_modules/typeorm/package.json': '{"name":"typeorm","version":"1.0.0","main":"index.js"}',
  'node_modules/typeorm/index.js': 'module.exports = {};',
  'src/modules/auth/index.ts': `export const a = 1;`,
  'src/modules/auth/inner.ts': `export const a = 1;`,
  'src/clients/c.ts': `import type { One } from '../platform/one'; export type C = One;`,
  'src/modules/live/index.ts': `import { a } from '../auth'; export const w = a;`,
  'src/modules/agents/agents.service.ts': `import { a } from '../auth/inner'; export const b = a;`,
  'src/modules/garage/index.ts': `export const g = 1;`,
  'src/modules/calls/calls.service.ts': `import { g } from '../garage'; import 'typeorm'; export const c = g;`,
  'src/platform/x.ts': `import { a } from '../modules/auth'; export const x = a;`,
  'src/platform/one.ts': `import type { Two } from './two'; export type One = Two;`,
  'src/platform/two.ts': `import type { One } from './one'; export type Two = One | 1;`,
  'src/platform/y.ts': `import { t } from '../../test/t'; import { s } from '../../sandbox/s'; export const y = [t, s];`,
  'test/t.ts': `export const t = 1;`,
  'sandbox/s.ts': `export const s = 1;`,
};

const OFFENCES = [
  'clients-stand-alone',
  'doors-of-live',
  'enter-by-the-front-door',
  'no-cycles',
  'platform-knows-no-room',
  'product-knows-no-test',
  'rooms-are-on-the-plan',
  'rooms-know-no-sandbox',
  'typeorm-stays-below',
];

describe('the floor plan', () => {
  let house: string;
  beforeAll(() => {
    house = fs.mkdtempSync(path.join(os.tmpdir(), 'floor-plan-'));
    for (const [file, text] of Object.entries(PLANTED)) {
      fs.mkdirSync(path.join(house, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(house, file), text);
    }
  });
  afterAll(() => fs.rmSync(house, { recursive: true, force: true }));

  it('catches every offence it names', () => {
    const cruise = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const config = path.join(ROOT, '.dependency-cruiser.cjs');
    const run = spawnSync(process.execPath, [cruise, '--config', config, '--output-type', 'json', 'src'], {
      cwd: house,
      encoding: 'utf8',
    });
    const { summary } = JSON.parse(run.stdout) as {
      summary: { violations: { rule: { name: string; severity: string } }[] };
    };
    const found = new Set(
      summary.violations.filter(({ rule }) => rule.severity === 'error').map(({ rule }) => rule.name),
    );
    expect(OFFENCES.filter((name) => !found.has(name))).toEqual([]);
  }, 60_000);
});
