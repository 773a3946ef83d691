import { Accounts } from '../../src/modules/auth';
import { Deliverer } from '../../src/modules/webhooks/deliveries/deliverer';
import { systemActor } from '../../src/platform/access/actor';
import { EventLog } from '../../src/platform/events/event-log';
import { declaredEvents } from '../../src/platform/events/define-event';
import { anAdmin } from '../support/actors';
import { mailsTo } from '../support/outbox';
import { Receiver } from '../support/receiver';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const LOCAL = { WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOW_PRIVATE_NETWORK: 'true' };

describe('delivering to difficult endpoints', () => {
  let app: TestApp;
  let second: TestApp;
  let receiver: Receiver;
  let token: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    receiver = await new Receiver().start();
    env = {
      ...LOCAL,
      // so many that one in four failing never uses them up
      WEBHOOK_RETRY_SCHEDULE: Array(20).fill('50ms').join(','),
      WEBHOOK_TIMEOUT_MS: '5000',
      WEBHOOK_CONCURRENCY: '8',
    };
    app = await startTestApp({ env });
    second = await startTestApp({ env, databaseUrl: app.databaseUrl, dataDir: app.dataDir });
    token = app.tokenFor(anAdmin());
  });
  afterAll(async () => {
    await second.close();
    await app.close();
    await receiver.stop();
  });

  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object) => {
    const request = app.http[method](`/api/webhooks${path}`).set('Authorization', `Bearer ${token}`);
    return body ? request.send(body) : request;
  };
  const register = async (path: string, more: object = {}): Promise<string> => {
    const { body } = await call('post', '', { url: receiver.url(path), ...more }).expect(201);
    return body.webhook_id as string;
  };
  /** Commits real events of one kind, about `objects` objects in turn. */
  const happen = async (count: number, name: string, objects = 1): Promise<void> => {
    const event = declaredEvents().get(name);
    await app.database.transaction(async (tx) => {
      for (let n = 0; n < count; n += 1) {
        await app.nest
          .get(EventLog)
          .append(
            tx,
            event as never,
            { n, object: n % objects },
            { actor: systemActor('test'), aggregate: `thing:${n % objects}`, audience: { scope: 'leads:read' } },
          );
      }
    });
  };
  const counts = async (id: string): Promise<Record<string, number>> =>
    Object.fromEntries(
      (
        await app.database.read.rows<{ status: string; n: number }>(
          `select d.status, count(*)::int as n from webhook_delivery d join webhook w on w.id = d.webhook_id
           where w.code = $1 group by 1`,
          [id],
        )
      ).map((row) => [row.status, row.n]),
    );
  const until = (id: string, wanted: Record<string, number>) =>
    waitFor(`${id} to have ${JSON.stringify(wanted)}`, async () => {
      const now = await counts(id);
      const statuses = new Set([...Object.keys(now), ...Object.keys(wanted)]);
      return [...statuses].every((status) => now[status] === wanted[status]);
    });
  const ok = (response: { writeHead(status: number): { end(): void } }) => response.writeHead(204).end();

  it('delivers each event once to each endpoint, with two processes at work', async () => {
    receiver.behave = (_received, response) => ok(response as never);
    const ids = await Promise.all(['/a', '/b', '/c'].map((path) => register(path, { events: ['ticket.updated'] })));
    await happen(300, 'ticket.updated', 10);
    for (const id of ids) await until(id, { delivered: 300 });
    for (const path of ['/a', '/b', '/c']) {
      const got = receiver.at(path);
      expect(got).toHaveLength(300);
      expect(new Set(got.map((one) => one.id)).size).toBe(300);
    }
    for (const id of ids) await call('delete', `/${id}`);
  });

  it('lets an endpoint that hangs delay no other', async () => {
    receiver.behave = (received, response) => {
      if (received.path !== '/hangs') ok(response as never);
    };
    const hangs = await register('/hangs', { events: ['ticket.updated'] });
    const quick = await register('/quick', { events: ['ticket.updated'] });
    await happen(60, 'ticket.updated');
    const start = Date.now();
    await until(quick, { delivered: 60 });
    // a hanging request takes 5 s to time out, eight at once; the other endpoint was through long before many of those
    expect(Date.now() - start).toBeLessThan(10_000);
    const spread = receiver.at('/quick').map((one) => one.at);
    expect(Math.max(...spread) - Math.min(...spread)).toBeLessThan(5_000);
    expect(receiver.at('/hangs').length).toBeLessThan(60);
    for (const id of [hangs, quick]) await call('delete', `/${id}`);
  });

  it('leaves an endpoint alone after failures in a row, asks again with single requests, and then delivers all', async () => {
    let down = true;
    receiver.behave = (_received, response) => (down ? void response.writeHead(500).end() : ok(response as never));
    const id = await register('/breaker', { events: ['ticket.updated'] });
    await happen(100, 'ticket.updated');
    await waitFor('the breaker to open', () =>
      app.database.read.one(`select 1 from webhook where code = $1 and open_until > now()`, [id]),
    );
    expect(receiver.at('/breaker').length).toBeLessThan(60);
    down = false;
    await until(id, { delivered: 100 });
    const row = await app.database.read.one(
      'select consecutive_failures, failing_since, open_until from webhook where code = $1',
      [id],
    );
    expect(row).toEqual({ consecutive_failures: 0, failing_since: null, open_until: null });
    await call('delete', `/${id}`);
  });

  it('keeps away from an endpoint for as long as Retry-After says', async () => {
    const times: number[] = [];
    receiver.behave = (_received, response) => {
      times.push(Date.now());
      if (times.length === 1) response.writeHead(429, { 'retry-after': '2' }).end();
      else ok(response as never);
    };
    const id = await register('/throttles', { events: ['ticket.updated'] });
    await happen(1, 'ticket.updated');
    await waitFor('the first answer to be kept', () =>
      app.database.read.one(
        `select 1 from webhook_attempt a join webhook_delivery d on d.id = a.delivery_id
           join webhook w on w.id = d.webhook_id where w.code = $1 and a.status = 429`,
        [id],
      ),
    );
    await happen(3, 'ticket.updated');
    await until(id, { delivered: 4 });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_990);
    await call('delete', `/${id}`);
  });

  it('keeps to the rate of an endpoint', async () => {
    const times: number[] = [];
    receiver.behave = (_received, response) => {
      times.push(Date.now());
      ok(response as never);
    };
    await second.close();
    const id = await register('/rated', { events: ['ticket.updated'], rate_per_second: 10 });
    await happen(25, 'ticket.updated');
    await until(id, { delivered: 25 });
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_300);
    await call('delete', `/${id}`);
    second = await startTestApp({ env, databaseUrl: app.databaseUrl, dataDir: app.dataDir });
  });

  it('disables an endpoint that answers 410, says so, and recovers what it missed once it is back', async () => {
    receiver.behave = (received, response) =>
      received.path === '/gone' ? void response.writeHead(410).end() : ok(response as never);
    await app.database.transaction((tx) =>
      app.nest
        .get(Accounts)
        .create(tx, systemActor('test'), { email: 'boss@example.com', password_hash: 'x', role: 'admin' }),
    );
    const id = await register('/gone', { events: ['ticket.updated'], max_concurrency: 1 });
    const other = await register('/listens', { events: ['webhook.disabled'] });
    const since = new Date(Date.now() - 60_000).toISOString();
    await happen(5, 'ticket.updated');
    const shown = await waitFor('the endpoint to be disabled', async () => {
      const { body } = await call('get', `/${id}`);
      return body.webhook.status === 'disabled' && body.webhook;
    });
    expect(shown.disabled_reason).toBe('gone');
    const told = await waitFor('the other endpoint to be told', () => receiver.at('/listens')[0]);
    expect(told.body).toMatchObject({ event: 'webhook.disabled', data: { webhook_id: id, reason: 'gone' } });
    const mail = await waitFor('the mail', () => mailsTo(app, 'boss@example.com')[0]);
    expect(mail).toContain(id);
    await happen(3, 'ticket.updated');
    await waitFor(
      'the events to be numbered',
      async () => !(await app.database.read.one('select 1 from event where seq is null')),
    );
    expect((await counts(id)).pending).toBeUndefined();

    await call('post', `/${id}/recover`, { since }).expect(409);
    await call('post', `/${id}/test`).expect(409);
    receiver.behave = (_received, response) => ok(response as never);
    await call('patch', `/${id}`, { status: 'active' }).expect(200);
    const before = receiver.at('/gone').length;
    const { body } = await call('post', `/${id}/recover`, { since }).expect(200);
    expect(body.recovered).toBeGreaterThanOrEqual(8);
    await waitFor('nothing to be left', async () => {
      const now = await counts(id);
      return !now.pending && !now.cancelled && !now.failed;
    });
    const ids = new Set(
      receiver
        .at('/gone')
        .slice(before)
        .map((one) => one.id),
    );
    expect(ids.size).toBe(body.recovered);
    expect((await call('post', `/${id}/recover`, { since }).expect(200)).body.recovered).toBe(0);
    await call('post', `/${id}/recover`, { since: 'yesterday' }).expect(400);
    await call('post', `/${id}/recover`, { since, until: '2001-01-01' }).expect(400);
    for (const one of [id, other]) await call('delete', `/${one}`);
  });

  it('disables an endpoint that has only failed for days, and not one that has failed for less', async () => {
    receiver.behave = (_received, response) => void response.writeHead(503).end();
    const [long, short] = [
      await register('/days', { events: ['ticket.updated'] }),
      await register('/hours', { events: ['ticket.updated'] }),
    ];
    await app.database.transaction(async (tx) => {
      await tx.rows(`update webhook set failing_since = now() - interval '120 hours' where code = $1`, [long]);
      await tx.rows(`update webhook set failing_since = now() - interval '119 hours' where code = $1`, [short]);
    });
    await happen(1, 'ticket.updated');
    await waitFor('the endpoint to be disabled', async () => {
      const { body } = await call('get', `/${long}`);
      return body.webhook.disabled_reason === 'failing';
    });
    await waitFor('the other to have failed', () => receiver.at('/hours').length > 0);
    expect((await call('get', `/${short}`)).body.webhook.status).toBe('active');
    for (const one of [long, short]) await call('delete', `/${one}`);
  });

  it('keeps the order of each object when asked, through failures, retries and two processes', async () => {
    const random = seeded(7);
    receiver.behave = (_received, response) => {
      const dice = random();
      if (dice < 0.2) response.writeHead(500).end();
      else if (dice < 0.25) response.destroy();
      else setTimeout(() => ok(response as never), dice * 10);
    };
    const id = await register('/ordered', { events: ['ticket.updated'], ordering: 'per_object' });
    await happen(200, 'ticket.updated', 8);
    await until(id, { delivered: 200 });
    const accepted = await app.database.read.rows<{ aggregate: string; seq: number; at: Date }>(
      `select d.aggregate, d.seq, a.started_at as at from webhook_delivery d join webhook w on w.id = d.webhook_id
       join webhook_attempt a on a.delivery_id = d.id and a.status = 204 where w.code = $1 order by a.started_at, d.seq`,
      [id],
    );
    const last = new Map<string, number>();
    for (const { aggregate, seq } of accepted) {
      expect(seq).toBeGreaterThan(last.get(aggregate) ?? 0);
      last.set(aggregate, seq);
    }
    // and as the receiver saw it: never an event of an object before an earlier one of the same object was attempted
    const seen = new Map<unknown, number>();
    for (const { body } of receiver.at('/ordered')) {
      const object = (body.data as Record<string, unknown>).object;
      expect(body.seq).toBeGreaterThanOrEqual(seen.get(object) ?? 0);
      seen.set(object, body.seq);
    }
    await call('delete', `/${id}`);
  }, 120_000);

  it('fails what is too large at once, and deletes what is finished after its retention', async () => {
    receiver.behave = (_received, response) => ok(response as never);
    const id = await register('/large', { events: ['ticket.updated'] });
    const event = declaredEvents().get('ticket.updated');
    await app.database.transaction(async (tx) =>
      app.nest.get(EventLog).append(
        tx,
        event as never,
        { text: 'x'.repeat(300_000) },
        {
          actor: systemActor('test'),
          aggregate: 'thing:large',
          audience: { scope: 'leads:read' },
        },
      ),
    );
    await until(id, { failed: 1 });
    const { body } = await call('get', `/${id}/deliveries?status=failed`).expect(200);
    expect(body.deliveries[0].attempts[0]).toMatchObject({
      status_code: null,
      error: expect.stringMatching(/^payload too large/),
    });
    expect(receiver.at('/large')).toEqual([]);
    await app.database.transaction((tx) =>
      tx.rows(`update webhook_delivery set finished_at = now() - interval '31 days' where finished_at is not null`),
    );
    await (app.nest.get(Deliverer) as unknown as { trim(): Promise<void> }).trim();
    const left = await app.database.read.one<{ d: number; a: number }>(
      `select (select count(*)::int from webhook_delivery where finished_at is not null) as d,
         (select count(*)::int from webhook_attempt a where not exists (select 1 from webhook_delivery d where d.id = a.delivery_id)) as a`,
    );
    expect(left).toEqual({ d: 0, a: 0 });
    await call('delete', `/${id}`);
  });
});

/** A small generator (mulberry32), so that a failure can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
