import type { MachineActor } from '../../src/platform/access/actor';
import { newId } from '../../src/platform/time/ids';
import { CarrierSignals } from '../../src/modules/calls/telephony/carrier-signals';
import type { SignalKind } from '../../src/modules/calls/telephony/telephony.port';
import { anAdmin } from '../support/actors';
import { caller, hire, statusOf } from '../support/call-floor';
import fc from '../support/properties';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const CARRIER: MachineActor = { kind: 'provider', id: 'test', role: 'system' };

describe('the telephone', () => {
  let app: TestApp;
  let admin: ReturnType<typeof caller>;

  beforeAll(async () => {
    app = await startTestApp({ env: { WRAP_UP_SECONDS: '0.2', CONNECT_TIMEOUT_SECONDS: '3' } });
    admin = caller(app, app.tokenFor(anAdmin()));
  });
  afterAll(() => app.close());

  const call = async (id: string) => (await admin.get(`/api/calls/${id}`)).call;
  const becomes = (id: string, status: string) =>
    waitFor(`${id} ${status}`, async () => (await call(id)).status === status);
  const start = (token: string, phone_number: string, more: object = {}) =>
    caller(app, token).post('/api/calls/start-call/', { phone_number, ...more }, 201);

  it('dials for the asking agent: it rings, is answered, and ends by the other side', async () => {
    const agent = await hire(app, 'AGT-301');
    const answer = await start(agent.token, '+966501000004', { call_type: 'outbound', priority: 'medium' });
    expect(answer).toMatchObject({ success: true, status: 'connecting', agent: { id: 'AGT-301' } });
    expect(await statusOf(app, agent)).toBe('on_call');
    await becomes(answer.call_id, 'completed');
    const ended = await call(answer.call_id);
    expect(ended).toMatchObject({ direction: 'outbound', provider_call_sid: expect.stringMatching(/^SIM/) });
    expect(ended.answered_at).not.toBeNull();
    const { events } = await caller(app, agent.token).get(`/api/calls/${answer.call_id}/events`);
    expect(events.map(({ kind }: { kind: string }) => kind)).toContain('connected');
    await waitFor('the agent to be free', async () => (await statusOf(app, agent)) === 'available');
  });

  it.each([
    ['+966501000001', 'busy'],
    ['+966501000002', 'no_answer'],
    ['+966501000003', 'failed'],
    ['+966501000005', 'failed'],
    ['+966501000007', 'failed'],
    ['+966501000008', 'completed'],
    ['+966501000009', 'no_answer'],
  ])('%s comes to %s, and the agent is free again', async (number, status) => {
    const agent = await hire(app, `AGT-${310 + Number(number.slice(-1))}`);
    const { call_id } = await start(agent.token, number);
    await becomes(call_id, status);
    await waitFor('the agent to be free', async () => ['available', 'wrap_up'].includes(await statusOf(app, agent)));
  });

  it('does not dial twice when the answer is lost, and takes the documented number', async () => {
    const agent = await hire(app, 'AGT-331');
    const { call_id } = await start(agent.token, '+966501000006');
    await becomes(call_id, 'in_progress');
    const legs = await app.database.read.rows(`select 1 from simulated_leg where number = '+966501000006'`);
    expect(legs).toHaveLength(1);
    await caller(app, agent.token).post(`/api/calls/${call_id}/end`);
    await waitFor('the agent to be free', async () => (await statusOf(app, agent)) === 'available');
    await start(agent.token, '+1234567890', { call_type: 'outbound', priority: 'medium' });
    await admin.post('/api/calls/start-call', { phone_number: 'nobody' }, 400);
    await admin.post('/api/calls/start-call', {}, 400);
  });

  it('waits for an agent when nobody is free, and dials for whoever takes it', async () => {
    await app.database.transaction((tx) => tx.rows('update agent set is_active = false where is_active'));
    const { call_id, ...answer } = await start(app.tokenFor(anAdmin()), '+966501000010', { department: 'sales' });
    expect(answer).toMatchObject({ status: 'queued', message: 'Call added to queue' });
    const agent = await hire(app, 'AGT-341', { departments: ['sales'] });
    await app.database.transaction((tx) => tx.rows(`select pg_notify('calls_distribute', 'sales')`));
    await waitFor('the offer', async () => (await statusOf(app, agent)) === 'offered');
    expect((await caller(app, agent.token).post(`/api/calls/${call_id}/accept`)).status).toBe('ringing');
    await becomes(call_id, 'in_progress');
    await admin.post(`/api/calls/${call_id}/end`);
  });

  it('says 503 where no telephone is set up', async () => {
    const silent = await startTestApp({
      databaseUrl: app.databaseUrl,
      dataDir: app.dataDir,
      env: { SANDBOX: 'false' },
    });
    try {
      const answer = await caller(silent, silent.tokenFor(anAdmin())).post(
        '/api/calls/start-call',
        { phone_number: '+966501000010' },
        503,
      );
      expect(answer.code).toBe('TELEPHONY_NOT_CONFIGURED');
    } finally {
      await silent.close();
    }
  });

  it('comes to the same call whatever the order and number of its signals', async () => {
    const signals = app.nest.get(CarrierSignals, { strict: false });
    const stream: SignalKind[] = ['initiated', 'ringing', 'answered', 'completed'];
    const agent = await hire(app, 'AGT-351');
    const play = async (order: number[]): Promise<object> => {
      const { call_id } = await admin.post('/api/calls', { phone_number: '+966501000050', direction: 'outbound' }, 201);
      const sid = `T${newId()}`;
      // as dialled for an agent ten seconds ago
      const began = await app.database.transaction(async (tx) => {
        await tx.rows(
          `with c as (update call set provider_call_sid = $2, is_carried = true, assigned_agent_id = $3,
               started_at = started_at - interval '10 s', changed_at = changed_at - interval '10 s' where code = $1
             returning id, started_at)
           update call_interval i set started_at = c.started_at, agent_id = $3 from c where i.call_id = c.id`,
          [call_id, sid, agent.id],
        );
        return (await tx.one<{ started_at: Date }>('select started_at from call where code = $1', [call_id]))!
          .started_at;
      });
      for (const n of order) {
        await app.database.transaction((tx) =>
          signals.obey(tx, CARRIER, {
            provider_call_sid: sid,
            sequence: n,
            kind: stream[n] as SignalKind,
            at: new Date(began.getTime() + n * 2000),
          }),
        );
      }
      const { intervals } = await admin.get(`/api/calls/${call_id}/events`);
      const view = await call(call_id);
      return {
        status: view.status,
        talk: view.talk_time_seconds,
        ring: view.ring_time_seconds,
        total: view.total_duration_seconds,
        answered: Date.parse(view.answered_at) - began.getTime(),
        ended: Date.parse(view.ended_at) - began.getTime(),
        kinds: intervals.map((one: { kind: string }) => one.kind).filter((kind: string) => kind !== 'wrap_up'),
      };
    };
    const inOrder = await play([0, 1, 2, 3]);
    expect(inOrder).toMatchObject({
      status: 'completed',
      ring: 2,
      talk: 2,
      total: 6,
      kinds: ['setup', 'ring', 'talk'],
    });
    const orders = fc.sample(
      fc
        .array(fc.nat(3), { maxLength: 3 })
        .chain((again) => fc.shuffledSubarray([0, 1, 2, 3, ...again], { minLength: 4 + again.length })),
      { numRuns: 25, seed: 7 },
    );
    for (const order of orders) {
      // an end that is told first is the end: what is known of the way there still comes out the same
      expect([order, await play(order)]).toEqual([order, inOrder]);
    }
  });
});

describe('transcripts', () => {
  let app: TestApp;
  let admin: ReturnType<typeof caller>;
  beforeAll(async () => {
    app = await startTestApp();
    admin = caller(app, app.tokenFor(anAdmin()));
  });
  afterAll(() => app.close());

  it('keeps what is said in order, also under concurrency, until the call is over', async () => {
    const { call_id: id } = await admin.post('/api/calls?phone_number=%2B966501230001', undefined, 201);
    await admin.post(
      `/api/transcripts/${id}/messages?speaker=bot&content=Welcome%20to%20customer%20support&language=en`,
      undefined,
      201,
    );
    await admin.post(
      `/api/transcripts/${id}/messages`,
      { speaker: 'customer', content: 'عندي مشكلة في الفاتورة', language: 'ar' },
      201,
    );
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        admin.post(`/api/transcripts/${id}/messages`, { speaker: 'agent', content: `line ${n}` }, 201),
      ),
    );
    const { messages } = await admin.get(`/api/transcripts/${id}?limit=100`);
    expect(messages.map((m: { sequence: number }) => m.sequence)).toEqual(Array.from({ length: 22 }, (_, n) => n + 1));
    const page = await admin.get(`/api/transcripts/${id}?limit=2`);
    expect((await admin.get(`/api/transcripts/${id}?limit=2&cursor=${page.next_cursor}`)).messages[0].sequence).toBe(3);
    expect((await admin.get('/api/transcripts/search?q=nothing')).messages).toEqual([]);
    expect(
      (await admin.get(`/api/transcripts/search?q=${encodeURIComponent('الفاتورة مشكلة')}`)).messages,
    ).toMatchObject([{ call_id: id, sequence: 2 }]);
    for (const [body] of [
      [{ speaker: 'ghost', content: 'x' }],
      [{ speaker: 'bot', content: ' ' }],
      [{ speaker: 'bot', content: 'x'.repeat(10_001) }],
      [{ speaker: 'bot', content: 'x', language: 'not a tag' }],
    ] as const) {
      await admin.post(`/api/transcripts/${id}/messages`, body as object, 400);
    }
    await admin.post(`/api/calls/${id}/end`);
    expect((await admin.post(`/api/transcripts/${id}/messages`, { speaker: 'bot', content: 'late' }, 409)).code).toBe(
      'TRANSCRIPT_CLOSED',
    );
    expect(await admin.get(`/api/transcripts/${id}`)).toMatchObject({ closed: true });
    const told = await app.database.read.rows<{ name: string }>(
      `select name from event where name like 'call.transcript%'`,
    );
    expect(told).toHaveLength(1);
  });
});
