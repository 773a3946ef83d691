import { defineEvent } from '../../src/platform/events/define-event';
import { audienceColumns, maySee, viewpointOf } from '../../src/platform/events/audience';
import { EventLog } from '../../src/platform/events/event-log';
import { EventPlanners, type NumberedEvent } from '../../src/platform/events/planners';
import { EventTail } from '../../src/platform/events/event-tail';
import { systemActor } from '../../src/platform/access/actor';
import { newId } from '../../src/platform/time/ids';
import { aKey, anAdmin, anAgent, aUser } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const happened = defineEvent<{ n: number }>({
  name: 'test.happened',
  live: 'test:happened',
  description: 'For this test',
  schema: { type: 'object' },
  example: { n: 1 },
});

describe('the event log and its relay', () => {
  let app: TestApp;
  let second: TestApp;
  const log = (): EventLog => app.nest.get(EventLog);
  const about = (audience = { scope: 'leads:read' }) => ({ actor: systemActor('test'), aggregate: 'test:1', audience });

  beforeAll(async () => {
    app = await startTestApp();
    second = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  const numbered = async (count: number): Promise<{ seq: number; data: { n: number } }[]> =>
    waitFor(`${count} numbered events`, async () => {
      const rows = await app.database.read.rows<{ seq: number; data: { n: number } }>(
        `select seq, data from event where name = 'test.happened' and seq is not null order by seq`,
      );
      return rows.length >= count && rows;
    });

  it('numbers what concurrent writers of two processes commit, without a gap or a double, and hands it to both tails in order', async () => {
    const heard: number[][] = [[], []];
    await app.nest.get(EventTail).follow((events) => void heard[0]?.push(...events.map((e) => e.seq)));
    await second.nest.get(EventTail).follow((events) => void heard[1]?.push(...events.map((e) => e.seq)));
    const start = await app.nest.get(EventTail).endOfLog();
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        (n % 2 ? app : second).database
          .transaction(async (tx) => {
            await (n % 2 ? app : second).nest.get(EventLog).append(tx, happened, { n }, about());
            if (n % 10 === 0) throw new Error('rolled back');
          })
          .catch((error: Error) => expect(error.message).toBe('rolled back')),
      ),
    );
    const rows = await numbered(270);
    expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 270 }, (_, i) => start + i + 1));
    expect(rows.some((row) => row.data.n % 10 === 0)).toBe(false);
    for (const list of heard) {
      await waitFor('both tails', () => list.length >= 270);
      expect(list).toEqual(rows.map((row) => row.seq));
    }
  });

  it('plans each event once, and parks only the one whose planner throws', async () => {
    const planned: string[] = [];
    const planner = {
      name: 'test.plan',
      events: ['test.happened'],
      plan: async (_tx: unknown, events: NumberedEvent[]) => {
        if (events.some((event) => event.data.n === 1001)) throw new Error('cannot plan 1001');
        planned.push(...events.map((event) => String(event.data.n)));
      },
    };
    app.nest.get(EventPlanners).register(planner);
    second.nest.get(EventPlanners).register(planner);
    await app.database.transaction(async (tx) => {
      for (const n of [1000, 1001, 1002]) await log().append(tx, happened, { n }, about());
    });
    await numbered(273);
    await waitFor('the parked event', () => app.database.read.one('select 1 from event_parked'));
    expect(planned).toEqual(['1000', '1002']);
    const parked = await app.database.read.rows<{ error: string; n: number }>(
      `select p.error, (e.data->>'n')::int as n from event_parked p join event e on e.id = p.event_id`,
    );
    expect(parked).toEqual([{ error: 'cannot plan 1001', n: 1001 }]);
  });

  it('shows an event to the same viewers in SQL as in code', async () => {
    const user = aUser();
    const audiences = [
      { scope: 'leads:read', roles: ['agent' as const] },
      { scope: 'calls:read', departments: ['sales'] },
      { scope: 'calls:read', users: [user.id] },
      { scope: 'calls:read', departments: ['reception'], users: [newId()] },
      { scope: 'tickets:read' },
    ];
    const before = await app.nest.get(EventTail).endOfLog();
    await app.database.transaction(async (tx) => {
      for (const [n, audience] of audiences.entries()) await log().append(tx, happened, { n }, about(audience));
    });
    await waitFor('numbers', async () => (await app.nest.get(EventTail).endOfLog()) >= before + audiences.length);
    const viewers = [
      anAdmin(),
      user,
      aUser(),
      anAgent(),
      anAgent({ departments: ['sales'] }),
      anAgent({ departments: ['complaints'] }),
      aKey('events:read', 'calls:read'),
      aKey('calls:read'),
      aKey('events:read'),
      aKey('*'),
    ];
    for (const viewer of viewers) {
      const view = viewpointOf(viewer);
      const seen = await app.nest.get(EventTail).since(before, view, { limit: 100 });
      const expected = audiences
        .map((audience, n) => [n, maySee(view, audienceColumns(audience))] as const)
        .filter(([, may]) => may);
      expect(seen.map((event) => event.data.n)).toEqual(expected.map(([n]) => n));
    }
    const admin = await app.nest.get(EventTail).since(before, viewpointOf(anAdmin()), { limit: 100 });
    expect(admin).toHaveLength(audiences.length);
  });

  it('refuses writes on the reading connections', async () => {
    await expect(app.database.read.rows('update event_counter set last_seq = 0')).rejects.toThrow(
      /read-only transaction/,
    );
  });
});
