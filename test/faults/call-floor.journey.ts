import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDatabase, databaseUrl, dropDatabase, TEMPLATE } from '../support/databases';
import { FloorSimulation } from '../support/floor/simulation';

jest.setTimeout(240_000);

/** A small floor, in every run of the tests; `npm run faults:floor` does it with 200 agents and 5,000 calls. */
describe('the call floor', () => {
  it('with two processes, one of them killed in the middle, loses no call, gives none to two, and overloads nobody', async () => {
    const name = `t_${randomBytes(8).toString('hex')}`;
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-floor-'));
    await createDatabase(name, TEMPLATE);
    try {
      const outcome = await new FloorSimulation({
        databaseUrl: databaseUrl(name),
        dataDir,
        processes: 2,
        agents: 40,
        calls: 300,
        perSecond: 60,
        killAt: 120,
        stuckMs: 30_000,
      }).run();
      expect(outcome).toMatchObject({ calls: 300, broken: [], unfinished: [], unexpected: [] });
      expect(outcome.checks).toBeGreaterThan(10);
    } finally {
      await dropDatabase(name);
      fs.rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
