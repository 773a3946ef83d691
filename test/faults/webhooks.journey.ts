import { build } from '../support/product';
import { describeWithRedis } from '../support/redis';
import { FaultRun } from './webhooks/fault-run';

// A small version of `npm run faults:webhooks`, whose figures at full size are in docs/faults.md.
const small = { seed: 7, events: 1_000, faults: 5, everyMs: 2_500 };

const expectNothingLost = async (plan: typeof small & { redis: boolean }): Promise<void> => {
  const report = await new FaultRun(plan).run();
  expect(report).toMatchObject({ lost: 0, forgotten: 0, badSignatures: 0, outOfOrder: 0 });
  expect(report.events).toBeGreaterThanOrEqual(small.events);
  expect(report.duplicates).toBeLessThanOrEqual(report.deliveries * 0.05);
};

describe('webhooks while processes are killed and endpoints misbehave', () => {
  beforeAll(() => build(), 120_000);

  it('lose nothing', () => expectNothingLost({ ...small, redis: false }), 300_000);
});

describeWithRedis('webhooks while Redis is emptied under them', () => {
  beforeAll(() => build(), 120_000);

  it('lose nothing', () => expectNothingLost({ ...small, seed: 8, redis: true }), 300_000);
});
