import { systemActor } from '../../src/platform/access/actor';
import { isPassing, isUnavailable } from '../../src/platform/database/database';
import { DatabaseUrl } from '../../src/platform/database/database-url';
import { Leader } from '../../src/platform/database/leader';
import { Notifier } from '../../src/platform/database/notifier';
import { defineEvent } from '../../src/platform/events/define-event';
import { EventLog } from '../../src/platform/events/event-log';
import { EventPlanners, type NumberedEvent } from '../../src/platform/events/planners';
import { EventTail } from '../../src/platform/events/event-tail';
import { anAdmin } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy';
import { waitFor } from '../support/wait-for';

const shaken = defineEvent<{ n: number }>({
  name: 'test.shaken',
  live: 'test:shaken',
  description: 'For this test',
  schema: { type: 'object' },
  example: { n: 1 },
});

describe('the spine under faults', () => {
  let app: TestApp;
  let proxy: TcpProxy;
  let throughProxy: DatabaseUrl;

  beforeAll(async () => {
    app = await startTestApp();
    const url = new URL(app.databaseUrl);
    proxy = await tcpProxy(url.hostname, Number(url.port));
    url.port = String(proxy.port);
    url.hostname = '127.0.0.1';
    throughProxy = new DatabaseUrl(url.href);
  });
  afterAll(async () => {
    await app.close();
    await proxy.close();
  });

  const append = (...numbers: number[]): Promise<void> =>
    app.database.transaction(async (tx) => {
      for (const n of numbers) {
        await app.nest.get(EventLog).append(
          tx,
          shaken,
          { n },
          {
            actor: systemActor('test'),
            aggregate: 'test:1',
            audience: { scope: 'leads:read' },
          },
        );
      }
    });
  const parked = async (): Promise<number> =>
    (await app.database.read.one<{ n: number }>('select count(*)::int as n from event_parked'))?.n ?? 0;

  it('plans again what met a deadlock or a lost connection, and parks nothing for it', async () => {
    const faults = ['40P01', '40001', '57P01'];
    const planned: number[] = [];
    app.nest.get(EventPlanners).register({
      name: 'test.faulty',
      events: ['test.shaken'],
      plan: async (_tx: unknown, events: NumberedEvent[]) => {
        const code = faults.shift();
        if (code) throw Object.assign(new Error('bad luck'), { code });
        planned.push(...events.map((event) => Number(event.data.n)));
      },
    });
    await append(1, 2, 3);
    await waitFor('the plan', () => planned.length >= 3);
    expect(planned).toEqual([1, 2, 3]);
    expect(faults).toEqual([]);
    expect(await parked()).toBe(0);
  });

  it('hands events to every follower though one of them throws', async () => {
    const heard: number[] = [];
    const tail = app.nest.get(EventTail);
    await tail.follow(() => {
      throw new Error('a follower gone mad');
    });
    await tail.follow((events) => void heard.push(...events.map((event) => Number(event.data.n))));
    await append(10, 11);
    await waitFor('the last event', () => heard.includes(11));
    // whoever follows a tail that others follow may be handed the end of the batch it is at
    expect(heard.filter((n) => n >= 10)).toEqual([10, 11]);
  });

  it('starts its tail at the second attempt when the database was away at the first', async () => {
    const tail = new EventTail(app.database, app.nest.get(Notifier));
    const end = jest.spyOn(tail, 'endOfLog').mockRejectedValueOnce(new Error('away'));
    await expect(tail.follow(() => undefined)).rejects.toThrow('away');
    await tail.follow(() => undefined);
    expect(end).toHaveBeenCalledTimes(2);
    await tail.onApplicationShutdown();
  });

  it('hears bells again after its connection was forgotten on the way', async () => {
    const notifier = new Notifier(throughProxy);
    notifier.heartbeat = { everyMs: 50, answerWithinMs: 200 };
    let heard: string[] = [];
    try {
      await notifier.onModuleInit();
      notifier.listen('test_bell', (payload) => heard.push(payload));
      await waitFor('the first bell', () => {
        app.nest.get(Notifier).ring('test_bell', 'before');
        return heard.includes('before');
      });
      const made = proxy.made();
      proxy.freeze();
      heard = [];
      await waitFor('a new connection, told by an empty bell', () => proxy.made() > made && heard.includes(''));
      // both ways: what it rings arrives, and what others ring
      await waitFor('both bells', () => {
        notifier.ring('test_bell', 'own');
        app.nest.get(Notifier).ring('test_bell', 'after');
        return heard.includes('own') && heard.includes('after');
      });
    } finally {
      await notifier.onApplicationShutdown();
    }
  });

  it('a leader whose connection was forgotten on the way resigns, and stands again', async () => {
    const leader = new Leader(throughProxy);
    leader.heartbeat = { everyMs: 50, answerWithinMs: 200 };
    let elected = 0;
    try {
      leader.lead('test-duty', () => (elected += 1));
      await waitFor('the election', () => leader.leads('test-duty'));
      proxy.freeze();
      await waitFor('the resignation', () => !leader.leads('test-duty'));
      // the server has not noticed and keeps the lock: end its session, as its own keep-alive would in time
      await app.database.transaction((tx) =>
        tx.rows(`select pg_terminate_backend(pid) from pg_stat_activity
                  where application_name = 'call-centre (leader)' and datname = current_database()`),
      );
      await waitFor('the second election', () => leader.leads('test-duty'));
      expect(elected).toBe(2);
    } finally {
      leader.onApplicationShutdown();
    }
  });

  it('has an end for statements and for transactions left open', async () => {
    const settings = await app.database.transaction((tx) =>
      tx.rows<{ setting: string }>(
        `select setting from pg_settings
          where name in ('statement_timeout', 'idle_in_transaction_session_timeout') order by name`,
      ),
    );
    expect(settings.map((row) => row.setting)).toEqual(['60000', '60000']);
  });

  it('knows what passes from what does not', () => {
    const failed = (code: string): Error => Object.assign(new Error('x'), { driverError: { code } });
    for (const code of ['08006', '53300', '57P01', '58030']) expect(isUnavailable(failed(code))).toBe(true);
    for (const code of ['40001', '40P01', '57P03']) expect(isPassing(failed(code))).toBe(true);
    for (const code of ['23505', '22P02', '57014', '42601']) expect(isPassing(failed(code))).toBe(false);
    expect(isUnavailable(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe(true);
    expect(isUnavailable(new Error('timeout exceeded when trying to connect'))).toBe(true);
    expect(isUnavailable(undefined)).toBe(false);
    expect(isUnavailable('x')).toBe(false);
  });

  it('a request that gets no connection is told to come again', async () => {
    const original = app.database.read.one.bind(app.database.read);
    const spy = jest
      .spyOn(app.database.read, 'one')
      .mockRejectedValue(new Error('timeout exceeded when trying to connect'));
    const { body } = await app.http
      .get('/api/tickets/TKT-1')
      .set('Authorization', `Bearer ${app.tokenFor(anAdmin())}`)
      .expect(503);
    expect(body.code).toBe('UNAVAILABLE');
    spy.mockImplementation(original);
  });
});
