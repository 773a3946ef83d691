import { WebSocket } from 'ws';
import { Authenticator, SESSION_ENDED } from '../../src/platform/access/authenticator';
import type { Actor, UserActor } from '../../src/platform/access/actor';
import { Notifier } from '../../src/platform/database/notifier';
import { EventTail } from '../../src/platform/events/event-tail';
import { LiveLimits } from '../../src/modules/live/live.limits';
import { LiveHub } from '../../src/modules/live/live.hub';
import { aKey, anAdmin, anAgent, aUser } from '../support/actors';
import { type LiveClient, plainClient, socketIoClient } from '../support/live-clients';
import { startTestApp, type TestApp } from '../support/test-app';
import { tell, tellMany } from '../support/told';
import { waitFor } from '../support/wait-for';

describe('live updates', () => {
  let app: TestApp;
  let second: TestApp;
  let open: LiveClient[] = [];
  const plain = (...args: Parameters<typeof plainClient> extends [string, ...infer R] ? R : never) => {
    const client = plainClient(app.url, ...args);
    open.push(client);
    return client;
  };
  const socketIo = (auth: Record<string, unknown>, options = {}, at: TestApp = app) => {
    const client = socketIoClient(at.url, auth, options);
    open.push(client);
    return client;
  };
  const greeted = (client: LiveClient) =>
    waitFor('the first message', () => client.messages.find((message) => message.type === 'connection:established'));
  const endOfLog = async (): Promise<number> =>
    (await app.database.read.one<{ last_seq: number }>('select last_seq from event_counter'))?.last_seq ?? 0;

  /** All events have their numbers, and both processes have told them: what comes next is new. */
  const settled = () =>
    waitFor('the log to be told to its end', async () => {
      const waiting = await app.database.read.rows('select 1 from event where seq is null limit 1');
      const end = await endOfLog();
      return waiting.length === 0 && [app, second].every((at) => at.nest.get(EventTail).lastSeq === end);
    });

  beforeAll(async () => {
    app = await startTestApp();
    second = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
  });
  beforeEach(settled);
  afterEach(() => {
    for (const client of open) client.close();
    open = [];
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  describe('at the door', () => {
    it('takes a token in the query, in the first message, in a header, or in Socket.IO auth', async () => {
      const token = app.tokenFor(anAgent());
      const byQuery = plain({ token });
      const byHeader = plain({}, { headers: { authorization: `Bearer ${token}` } });
      const byMessage = plain();
      byMessage.socket.on('open', () => byMessage.send({ type: 'auth', token }));
      const clients = [
        byQuery,
        byHeader,
        byMessage,
        socketIo({ token }),
        socketIo({ token }, { transports: ['websocket'] }),
      ];
      for (const client of clients) {
        const first = await greeted(client);
        expect(client.messages[0]).toBe(first);
        expect(first).toEqual({
          type: 'connection:established',
          client_id: expect.any(String),
          seq: await endOfLog(),
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        });
      }
    });

    it('closes with 4401 on a wrong token, and when none comes in time', async () => {
      const limits = app.nest.get(LiveLimits);
      limits.authMs = 100;
      const wrong = plain({ token: 'nonsense' });
      const wrongMessage = plain();
      wrongMessage.socket.on('open', () => wrongMessage.send({ type: 'auth', token: 'nonsense' }));
      const noToken = plain();
      noToken.socket.on('open', () => noToken.send({ type: 'auth' }));
      const silent = plain();
      const long = plain({ token: 'x'.repeat(5000) });
      for (const client of [wrong, wrongMessage, noToken, silent, long]) {
        expect(await waitFor('the close', () => client.ended())).toBe(4401);
        expect(client.events()).toEqual([]);
      }
      limits.authMs = 5000;
      for (const auth of [{}, { token: 'nonsense' }, { token: { a: 1 } }, { token: ['x'] }]) {
        const client = socketIo(auth);
        expect(await waitFor('the refusal', () => client.ended())).toMatch(/required|valid/);
      }
    });

    it('refuses a last_seq that is no number, and other paths', async () => {
      const token = app.tokenFor(anAgent());
      const bad = plain({ token, last_seq: '-1' });
      expect(await waitFor('the close', () => bad.ended())).toBe(4400);
      const io = socketIo({ token, last_seq: 'x' });
      expect(await waitFor('the refusal', () => io.ended())).toMatch(/last_seq/);
      const elsewhere = plainClient(`${app.url}/elsewhere`);
      expect(await waitFor('the refusal', () => elsewhere.ended())).toBe(1006);
    });

    it('answers ping, and complains about what it does not understand without ending the connection', async () => {
      const token = app.tokenFor(anAgent());
      const client = plain({ token });
      await greeted(client);
      client.send({ type: 'ping' });
      for (const nonsense of ['{', '[]', 'null', '"x"', '{"type":"__proto__"}', '{"__proto__":{"type":"ping"}}', '']) {
        client.send(nonsense);
      }
      client.socket.send(Buffer.from([0, 1, 2]));
      client.send({ type: 'auth', token });
      await waitFor('ten answers', () => client.messages.length >= 10);
      expect(client.messages[1]).toEqual({ type: 'pong', timestamp: expect.any(String) });
      for (const message of client.messages.slice(2)) expect(message.type).toBe('error');
      const io = socketIo({ token });
      await greeted(io);
      expect(await io.socket.emitWithAck('ping')).toMatchObject({ type: 'pong' });
      io.socket.emit('message', { type: 'ping' });
      io.socket.emit('nonsense', { a: 1 });
      await waitFor('the answers', () => io.typed.some((m) => m.type === 'error'));
      expect(io.typed.map((message) => message.type)).toEqual(['connection:established', 'pong', 'error']);
    });

    it('closes on a huge message, and on too many', async () => {
      const token = app.tokenFor(anAgent());
      const huge = plain({ token });
      await greeted(huge);
      huge.send({ type: 'ping', padding: 'x'.repeat(20_000) });
      expect(await waitFor('the close', () => huge.ended())).toBe(1009);
      const many = plain({ token });
      await greeted(many);
      for (let n = 0; n < 300; n += 1) many.send({ type: 'ping' });
      expect(await waitFor('the close', () => many.ended())).toBe(1008);
      const io = socketIo({ token }, { transports: ['websocket'] });
      await greeted(io);
      io.socket.emit('ping', { padding: 'x'.repeat(20_000) });
      await waitFor('the disconnect', () => io.ended());
    });

    it('lets one caller hold only so many connections', async () => {
      const caller = anAgent();
      const limited = app.config.live as { connectionsPerCaller: number };
      limited.connectionsPerCaller = 2;
      const first = plain({ token: app.tokenFor(caller) });
      const other = socketIo({ token: app.tokenFor(caller) });
      await Promise.all([greeted(first), greeted(other)]);
      const third = plain({ token: app.tokenFor(caller) });
      expect(await waitFor('the close', () => third.ended())).toBe(4429);
      first.close();
      await waitFor('the place', () => app.nest.get(LiveHub).connections.size < 2);
      await greeted(plain({ token: app.tokenFor(caller) }));
      limited.connectionsPerCaller = 0;
    });

    it.each([
      '/socket.io/?EIO=4&transport=websocket',
      '/socket.io/?EIO=4&transport=websocket&sid=',
      '/socket.io/?EIO=4&transport=websocket&sid=x&sid=',
      '/ws/updates',
    ])('holds only so many at %s that have not signed in', async (path) => {
      const limits = app.nest.get(LiveLimits);
      const usual = limits.strangers;
      limits.strangers = 2;
      const knock = () => new WebSocket(`${app.url.replace('http', 'ws')}${path}`);
      const came = (socket: WebSocket) =>
        new Promise<boolean>((resolve) => {
          socket.once('open', () => resolve(true));
          socket.once('error', () => resolve(false));
        });
      const two = [knock(), knock()];
      try {
        expect(await Promise.all(two.map(came))).toEqual([true, true]);
        expect(await came(knock())).toBe(false);
        two[0]?.close();
        await waitFor('a place', async () => {
          const next = knock();
          const isIn = await came(next);
          if (isIn) two.push(next);
          return isIn;
        });
      } finally {
        limits.strangers = usual;
        for (const socket of two) socket.terminate();
      }
    });
  });

  describe('telling', () => {
    it('tells each event once to those who may see it, under its type and under event, in order', async () => {
      const user = aUser();
      const sales = anAgent({ departments: ['sales'] });
      const watchers: [string, Actor][] = [
        ['admin', anAdmin()],
        ['sales', sales],
        ['complaints', anAgent({ departments: ['complaints'] })],
        ['everywhere', anAgent()],
        ['user', user],
        ['stranger', aUser()],
        ['key', aKey('events:read', 'calls:read')],
        ['keyWithoutEvents', aKey('calls:read')],
      ];
      const connected = watchers.map(([name, actor], n) => {
        const token = app.tokenFor(actor);
        second.tokenFor(actor);
        const clients: LiveClient[] = [
          plain({ token }),
          socketIo({ token }, n % 2 ? { transports: ['polling'] } : { transports: ['websocket'] }),
          socketIo({ token: second.tokenFor(actor) }, {}, second),
        ];
        return { name, clients };
      });
      for (const { clients } of connected) await Promise.all(clients.map(greeted));
      const start = await endOfLog();
      await tell(app, 1, { scope: 'calls:read', departments: ['sales'], users: [sales.id] });
      await tell(app, 2, { scope: 'tickets:read', roles: ['agent'] });
      await tell(app, 3, { scope: 'calls:read', users: [user.id] });
      await tell(app, 4, { scope: 'calls:read' }, { isTest: true });
      await tell(app, 5, { scope: 'leads:read' });
      await tell(app, 6, { scope: 'calls:read', roles: ['agent', 'user'], departments: ['sales', 'complaints'] });
      const expected: Record<string, number[]> = {
        admin: [1, 2, 3, 5, 6],
        sales: [1, 2, 6],
        complaints: [2, 6],
        everywhere: [1, 2, 6],
        user: [3, 6],
        stranger: [6],
        key: [1, 3, 6],
        keyWithoutEvents: [],
      };
      await waitFor('the last event at all', () =>
        connected.every(({ name, clients }) =>
          clients.every((client) => !expected[name]?.length || client.events().at(-1)?.data?.n === 6),
        ),
      );
      for (const { name, clients } of connected) {
        for (const client of clients) {
          expect([name, client.events().map((message) => message.data?.n)]).toEqual([name, expected[name]]);
          const seqs = client.seqs();
          expect(seqs.every((seq) => seq > start)).toBe(true);
          if ('typed' in client) expect(client.typed).toEqual(client.messages);
        }
      }
      const [whole] = connected[0]?.clients[0]?.events() ?? [];
      expect(whole).toEqual({
        type: 'test:told',
        data: { n: 1 },
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        seq: start + 1,
      });
    });

    it('gives the same events over HTTP, with a position to read on from', async () => {
      const actor = aKey('events:read', 'tickets:read');
      const read = async (query: Record<string, string>, token = app.tokenFor(actor)) =>
        (await app.http.get('/api/events').query(query).set('Authorization', `Bearer ${token}`)).body;
      const start = await endOfLog();
      for (let n = 1; n <= 6; n += 1) await tell(app, n, { scope: n % 2 ? 'leads:read' : 'tickets:read' });
      await waitFor('numbers', async () => (await endOfLog()) === start + 6);
      const page = await read({ after: String(start), limit: '2' });
      expect(page).toMatchObject({ success: true, count: 2, next: start + 4, has_more: true, reset: false });
      expect(page.events.map((event: { data: { n: number } }) => event.data.n)).toEqual([2, 4]);
      const rest = await read({ after: String(page.next), type: 'test:told' });
      expect(rest).toMatchObject({ count: 1, next: start + 6, has_more: false });
      expect(rest.events[0]).toEqual({
        type: 'test:told',
        data: { n: 6 },
        timestamp: expect.any(String),
        seq: start + 6,
      });
      expect(await read({ after: String(start + 6) })).toMatchObject({ count: 0, next: start + 6, reset: false });
      expect(await read({ after: '900000000' })).toMatchObject({ count: 0, next: start + 6, reset: true });
      expect(await read({}, app.tokenFor(anAdmin()))).toMatchObject({ reset: false });
      for (const bad of [{ after: '-1' }, { after: 'x' }, { limit: '0' }, { limit: '201' }, { type: 'no.such' }]) {
        const name = Object.keys(bad)[0] as string;
        expect(await read(bad as never)).toMatchObject({ success: false, details: { [name]: expect.any(String) } });
      }
      const refused = await app.http
        .get('/api/events')
        .set('Authorization', `Bearer ${app.tokenFor(aKey('tickets:read'))}`);
      expect(refused.status).toBe(403);
      expect((await app.http.get('/api/events/')).status).toBe(401);
    });
  });

  describe('coming back', () => {
    it('tells what was missed, in order, once, while events keep coming, in either process and protocol', async () => {
      const actor = anAgent();
      const token = app.tokenFor(actor);
      const secondToken = second.tokenFor(actor);
      await tellMany(app, 0, 450);
      await settled();
      const clients: { client: LiveClient; from: number }[] = [];
      let appending = true;
      const writers = [app, second].map(async (writer, w) => {
        for (let n = 0; appending; n += 1) await tell(writer, 10_000 * (w + 1) + n);
      });
      const first = (await endOfLog()) - 400;
      for (let n = 0; n < 24; n += 1) {
        const from = first + n * 13;
        const at = n % 2 ? second : app;
        const t = n % 2 ? secondToken : token;
        const client =
          n % 3 === 0
            ? plainClient(at.url, { token: t, last_seq: String(from) })
            : socketIoClient(at.url, { token: t, last_seq: from }, n % 3 === 1 ? {} : { transports: ['websocket'] });
        open.push(client);
        clients.push({ client, from });
        if (n % 6 === 0) await greeted(client);
      }
      for (const { client } of clients) await greeted(client);
      appending = false;
      await Promise.all(writers);
      const end = await waitFor('the numbers', async () => {
        const waiting = await app.database.read.rows('select 1 from event where seq is null limit 1');
        return waiting.length === 0 && endOfLog();
      });
      const visible = await app.database.read.rows<{ seq: number }>(
        `select seq from event where 'agent' = any(audience_roles) and not is_test and seq > $1 order by seq`,
        [first],
      );
      for (const { client, from } of clients) {
        await waitFor(`everything up to ${end}`, () => (client.seqs().at(-1) ?? 0) >= end);
        expect(client.messages[0]).toMatchObject({ type: 'connection:established', seq: from });
        expect(client.seqs()).toEqual(visible.map((row) => row.seq).filter((seq) => seq > from));
      }
    });

    it('says reset to one from before the kept log or from beyond its end, and goes on from now', async () => {
      const token = app.tokenFor(anAgent());
      await tellMany(app, 0, 10);
      await settled();
      const end = await endOfLog();
      await app.database.transaction((tx) => tx.rows('update event_counter set trimmed_seq = $1', [end - 5]));
      const old = plain({ token, last_seq: String(end - 6) });
      const ahead = socketIo({ token, last_seq: end + 1000 });
      const kept = plain({ token, last_seq: String(end - 5) });
      for (const client of [old, ahead, kept]) await greeted(client);
      await waitFor('the resets', () => [old, ahead].every((c) => c.messages.some((m) => m.type === 'reset')));
      await tell(app, 77);
      for (const client of [old, ahead]) {
        await waitFor('the next event', () => client.events().length > 0);
        expect(client.messages.map((message) => message.type)).toEqual([
          'connection:established',
          'reset',
          'test:told',
        ]);
        expect(client.messages[1]).toMatchObject({ seq: end });
      }
      await waitFor('all six', () => kept.events().length === 6);
      expect(kept.seqs()).toEqual([1, 2, 3, 4, 5, 6].map((n) => end - 5 + n));
      await app.database.transaction((tx) => tx.rows('update event_counter set trimmed_seq = 0'));
    });

    it('lets a page that came with a cookie begin anew by a token and last_seq in its first message', async () => {
      const token = app.tokenFor(anAgent());
      const end = await endOfLog();
      const client = plain({}, { headers: { authorization: `Bearer ${token}` } });
      await greeted(client);
      client.send({ type: 'auth', token, last_seq: end - 2 });
      await waitFor('what was missed', () => client.events().length >= 2);
      await tell(app, 5);
      await waitFor('the next', () => client.events().length >= 3);
      expect(client.seqs()).toEqual([end - 1, end, end + 1]);
    });
  });

  describe('while connected', () => {
    const reader = () => {
      const authenticator = app.nest.get(Authenticator) as unknown as {
        reader: { isAlive(actor: Actor): Promise<boolean> };
        profiles: unknown;
      };
      return authenticator;
    };

    it('ends a connection with its session: at once when rung, soon when the ring was lost', async () => {
      const rung = anAgent();
      const unrung = anAgent();
      const other = anAgent();
      const clients = [rung, unrung, other].flatMap((actor) => {
        const token = app.tokenFor(actor);
        return [plain({ token }), socketIo({ token })];
      });
      for (const client of clients) await greeted(client);
      app.nest.get(Notifier).ring(SESSION_ENDED, rung.sessionId);
      expect(await waitFor('the close', () => clients[0]?.ended())).toBe(4401);
      expect(await waitFor('the disconnect', () => clients[1]?.ended())).toBe('io server disconnect');
      expect(clients[0]?.messages.at(-1)).toMatchObject({ type: 'error', code: 'SESSION_ENDED' });
      const { reader: real } = reader();
      const isAlive = real.isAlive.bind(real);
      real.isAlive = async (actor) => actor.id !== unrung.id && isAlive(actor);
      expect(await waitFor('the close', () => clients[2]?.ended())).toBe(4401);
      expect(await waitFor('the disconnect', () => clients[3]?.ended())).toBe('io server disconnect');
      real.isAlive = isAlive;
      await tell(app, 1);
      for (const client of clients.slice(4)) await waitFor('the event', () => client.events().length === 1);
      for (const client of clients.slice(0, 4)) expect(client.events()).toEqual([]);
    });

    it('follows a change of departments', async () => {
      const agent = anAgent({ departments: ['sales'] });
      let departments = ['sales'];
      const holder = reader();
      const profiles = holder.profiles;
      holder.profiles = {
        profileOf: async (id: string) => (id === agent.id ? { ...(agent as UserActor).agent, departments } : undefined),
      };
      const token = app.tokenFor(agent);
      const clients = [plain({ token }), socketIo({ token })];
      for (const client of clients) await greeted(client);
      await tell(app, 1, { scope: 'calls:read', departments: ['complaints'] });
      await tell(app, 2, { scope: 'calls:read', departments: ['sales'] });
      for (const client of clients) await waitFor('the sale', () => client.events().length === 1);
      departments = ['complaints'];
      await waitFor('the move', () =>
        [...app.nest.get(LiveHub).connections].every(
          (connection) => connection.actor.id !== agent.id || connection.viewpoint.departments?.[0] === 'complaints',
        ),
      );
      await tell(app, 3, { scope: 'calls:read', departments: ['sales'] });
      await tell(app, 4, { scope: 'calls:read', departments: ['complaints'] });
      for (const client of clients) {
        await waitFor('the complaint', () => client.events().length === 2);
        expect(client.events().map((message) => message.data?.n)).toEqual([2, 4]);
      }
      holder.profiles = profiles;
    });

    it('drops a plain connection whose other end no longer answers', async () => {
      const limits = app.nest.get(LiveLimits);
      const token = app.tokenFor(anAgent());
      const alive = plain({ token });
      const dead = plain({ token }, { autoPong: false });
      await Promise.all([greeted(alive), greeted(dead)]);
      limits.heartbeatMs = 300;
      expect(await waitFor('the cut', () => dead.ended())).toBe(1006);
      expect(alive.ended()).toBeUndefined();
      limits.heartbeatMs = 25_000;
    });

    it('drops a client that stops reading, without growing and without delaying the others', async () => {
      const token = app.tokenFor(anAgent());
      const reading = [plain({ token }), socketIo({ token })];
      const stuckPlain = plain({ token });
      const stuckIo = socketIo({ token }, { transports: ['websocket'] });
      const stuckPoll = socketIo({ token }, { transports: ['polling'] });
      for (const client of [...reading, stuckPlain, stuckIo, stuckPoll]) await greeted(client);
      const hub = app.nest.get(LiveHub);
      await waitFor('those of before to be gone', () => hub.connections.size === 5);
      app.nest.get(LiveLimits).goodbyeMs = 20_000;
      const tcp = (
        stuckIo.socket.io.engine as unknown as {
          transport: { ws: { _socket?: import('node:net').Socket; pause?: () => void } };
        }
      ).transport;
      stuckPlain.socket.pause();
      tcp.ws.pause?.();
      // a polling client that never asks again
      const engine = stuckPoll.socket.io.engine as unknown as { transport: { doPoll: () => void } };
      engine.transport.doPoll = () => undefined;
      const worst = { bytes: 0 };
      const watch = setInterval(() => {
        for (const connection of hub.connections) worst.bytes = Math.max(worst.bytes, connection.backlog());
      }, 5);
      const text = 'x'.repeat(20_000);
      let n = 0;
      await waitFor('the three to be dropped', async () => {
        await tellMany(app, n, 100, text);
        n += 100;
        return hub.connections.size === 2;
      });
      clearInterval(watch);
      for (const client of reading) {
        await waitFor('all events', () => client.events().length === n);
        expect(client.events().map((message) => message.data?.n)).toEqual(Array.from({ length: n }, (_, i) => i));
      }
      const { hardBytes, turnBytes } = app.nest.get(LiveLimits);
      expect(worst.bytes).toBeLessThan(hardBytes + 4 * turnBytes);
      // one who reads on in time learns why it was dropped
      stuckPlain.socket.resume();
      expect(await waitFor('the close', () => stuckPlain.ended())).toBe(4408);
      expect(stuckPlain.messages.at(-1)).toMatchObject({ type: 'slow' });
      // it may come back and misses nothing
      const back = plain({ token, last_seq: String(stuckPlain.seqs().at(-1) ?? reading[0]?.messages[0]?.seq) });
      await waitFor('the end of the log', () => back.seqs().at(-1) === reading[0]?.seqs().at(-1));
      app.nest.get(LiveLimits).goodbyeMs = 1500;
    });

    it('says 1001 and goes when the server stops', async () => {
      const third = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
      const token = third.tokenFor(anAgent());
      const client = plainClient(third.url, { token });
      const ios = [
        socketIoClient(third.url, { token }),
        socketIoClient(third.url, { token }, { transports: ['polling'] }),
      ];
      open.push(client, ...ios);
      for (const each of [client, ...ios]) await greeted(each);
      const began = Date.now();
      await third.close();
      expect(Date.now() - began).toBeLessThan(20_000);
      expect(await waitFor('the close', () => client.ended())).toBe(1001);
      for (const io of ios) expect(await waitFor('the close', () => io.ended())).toMatch(/transport (close|error)/);
    });

    it('opens no sockets in a process that only does chores', async () => {
      const worker = await startTestApp({
        databaseUrl: app.databaseUrl,
        dataDir: app.dataDir,
        env: { ROLE: 'worker', STORAGE_DRIVER: 'local' },
      });
      const listeners = worker.nest.getHttpServer().listenerCount('upgrade');
      await worker.close();
      expect(listeners).toBe(0);
      expect(app.nest.getHttpServer().listenerCount('upgrade')).toBeGreaterThan(0);
    });
  });
});
