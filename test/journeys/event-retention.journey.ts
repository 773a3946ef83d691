import { EventRetention } from '../../src/platform/events/event-retention';
import { EventPlanners } from '../../src/platform/events/planners';
import { anAgent } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';
import { tell, tellMany } from '../support/told';
import { waitFor } from '../support/wait-for';

describe('the retention of events', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { EVENT_RETENTION_DAYS: '30' } });
  });
  afterAll(() => app.close());

  const kept = async (): Promise<number[]> =>
    (await app.database.read.rows<{ n: number }>(`select (data->>'n')::int as n from event order by position`)).map(
      (row) => row.n,
    );
  const numbered = (): Promise<true> =>
    waitFor('the numbers', async () => {
      const waiting = await app.database.read.rows('select 1 from event where seq is null limit 1');
      return waiting.length === 0 && true;
    });

  it('deletes the old beginning of the log in batches, keeps what is parked, and tells clients from before to reload', async () => {
    app.nest.get(EventPlanners).register({
      name: 'test.plan',
      plan: async (_tx, events) => {
        if (events.some((event) => event.data.n === 700)) throw new Error('cannot plan 700');
      },
    });
    await tellMany(app, 0, 2300);
    await numbered();
    await app.database.transaction((tx) =>
      tx.rows(`update event set occurred_at = now() - interval '31 days' where (data->>'n')::int < 2200`),
    );
    // an old one among the young stays until those before it go: the log has one beginning
    await app.database.transaction((tx) =>
      tx.rows(`update event set occurred_at = now() - interval '31 days' where (data->>'n')::int = 2250`),
    );
    expect(await app.nest.get(EventRetention).sweep()).toBe(2199);
    expect(await app.nest.get(EventRetention).sweep()).toBe(0);
    expect(await kept()).toEqual([700, ...Array.from({ length: 100 }, (_, n) => 2200 + n)]);

    const token = app.tokenFor(anAgent());
    const read = async (after?: number) =>
      (
        await app.http
          .get('/api/events')
          .query({ limit: 1, ...(after === undefined ? {} : { after }) })
          .set('Authorization', `Bearer ${token}`)
      ).body;
    expect(await read(2199)).toMatchObject({ reset: true, events: [{ data: { n: 2200 } }] });
    expect(await read(2200)).toMatchObject({ reset: false, events: [{ data: { n: 2200 } }] });
    expect(await read()).toMatchObject({ reset: false, events: [{ data: { n: 2200 } }] });
  });

  it('never deletes an event that has no number yet, nor gives its number again', async () => {
    await app.database.transaction(async (tx) => {
      await tx.rows(`update event set occurred_at = now() - interval '31 days'`);
    });
    await app.nest.get(EventRetention).sweep();
    expect(await kept()).toEqual([700]);
    await tell(app, 5000);
    await numbered();
    expect(await app.database.read.one(`select seq from event where data->>'n' = '5000'`)).toEqual({ seq: 2301 });
  });
});
