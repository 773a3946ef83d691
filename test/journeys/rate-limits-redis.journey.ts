import { RedisCounter } from '../../src/platform/access/limit-counters';
import { newId } from '../../src/platform/time/ids';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis';
import { waitFor } from '../support/wait-for';

describeWithRedis('rate limits in Redis', () => {
  let redis: TestRedis | undefined;
  const counters: RedisCounter[] = [];
  const counter = (): RedisCounter => {
    if (!redis) throw new Error('no Redis');
    const made = new RedisCounter({ host: redis.host, port: redis.port, db: 0, password: undefined });
    counters.push(made);
    return made;
  };

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const made of counters) await made.close();
    await redis?.close();
  });

  it('counts for several processes together, and for itself while Redis is away', async () => {
    const [one, two] = [counter(), counter()];
    // each counts for itself until it is connected, which a second counter of a key shows
    await waitFor('both to count in Redis', async () => {
      const key = newId();
      await one.add(key, 1, 60);
      return (await two.add(key, 1, 60)).used === 2;
    });
    const key = newId();
    const used = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? one : two).add(key, 1, 60)));
    expect(used.map((spent) => spent.used).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    expect(used.every(({ msBeforeReset }) => msBeforeReset > 0 && msBeforeReset <= 60_000)).toBe(true);
    if (process.env.REDIS_URL) return;
    await redis?.close();
    redis = undefined;
    expect((await one.add(key, 1, 60)).used).toBe(1);
    expect((await one.add(key, 1, 60)).used).toBe(2);
  });
});
