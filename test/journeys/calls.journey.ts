import { SampleData } from '../../src/platform/sample-data/sample-data';
import { maySeeCall, visibleCallsSql } from '../../src/modules/calls/call-access';
import type { Call } from '../../src/modules/calls/call.entity';
import { aKey, anAdmin, anAgent, aUser } from '../support/actors';
import { caller, hire, statusOf } from '../support/call-floor';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('calls', () => {
  let app: TestApp;
  let admin: ReturnType<typeof caller>;

  beforeAll(async () => {
    app = await startTestApp({ env: { WRAP_UP_SECONDS: '0.3', OFFER_TIMEOUT_SECONDS: '60' } });
    admin = caller(app, app.tokenFor(anAdmin()));
  });
  afterAll(() => app.close());

  it('records a call from the query as from the body, and finds its customer by the number', async () => {
    const answer = await admin.post('/api/calls?phone_number=+966501234567&customer_name=John%20Doe', undefined, 201);
    expect(answer).toMatchObject({
      success: true,
      call_id: expect.stringMatching(/^CALL-[0-9A-F]{8}$/),
      call: { status: 'initiated', phone_number: '+966501234567', customer_name: 'John Doe', customer_id: 'CUST-001' },
    });
    const again = await admin.post('/api/calls/', { phone_number: '00966 50 123 4567' }, 201);
    expect(again.call).toMatchObject({
      customer_id: 'CUST-001',
      customer_name: 'John Doe',
      phone_e164: '+966501234567',
    });
    const { calls } = await admin.get('/api/calls?phone=%2B966501234567');
    expect(calls.map((call: { call_id: string }) => call.call_id)).toEqual([again.call_id, answer.call_id]);
    expect((await admin.get(`/api/calls/${answer.call_id}`)).call.total_duration_seconds).toBeGreaterThanOrEqual(0);
  });

  it('brings a waiting call and a free agent together, through offer, answer, hold, end and wrap-up', async () => {
    const agent = await hire(app, 'AGT-101', { departments: ['sales'] });
    const desk = caller(app, agent.token);
    const { call_id: id } = await admin.post('/api/calls', { phone_number: '+966501110001' }, 201);
    await admin.post(`/api/calls/${id}/route?department=sales`);
    await waitFor('the offer', async () => (await statusOf(app, agent)) === 'offered');
    const { offers } = await desk.get('/api/calls/offers');
    expect(offers).toMatchObject([{ purpose: 'queue', call: { call_id: id, status: 'ringing' } }]);
    expect((await desk.post(`/api/calls/${id}/accept`)).call).toMatchObject({
      status: 'in_progress',
      assigned_agent_id: 'AGT-101',
    });
    expect(await statusOf(app, agent)).toBe('on_call');
    expect((await desk.post(`/api/calls/${id}/hold`)).status).toBe('on_hold');
    expect((await desk.post(`/api/calls/${id}/resume`)).status).toBe('in_progress');
    const end = await desk.post(`/api/calls/${id}/end`);
    expect(end.call).toMatchObject({ status: 'completed', allowed_actions: ['disposition', 'note'] });
    // too short here to be met in it for sure
    const wrapUps = await app.database.read.rows(
      `select 1 from agent_status_interval where agent_id = $1 and status = 'wrap_up'`,
      [agent.id],
    );
    expect(wrapUps).toHaveLength(1);
    await waitFor('the end of the wrap-up', async () => (await statusOf(app, agent)) === 'available');
    const history = await admin.get(`/api/calls/${id}/events`);
    expect(history.events.map((line: { kind: string }) => line.kind)).toEqual([
      'created',
      'queued',
      'offered',
      'connected',
      'held',
      'resumed',
      'ended',
    ]);
    expect(history.events[2].data.why).toMatchObject({ rule: 'idle_longest', candidates: 1 });
    expect(history.intervals.map((part: { kind: string }) => part.kind)).toEqual([
      'setup',
      'queue',
      'ring',
      'talk',
      'hold',
      'talk',
      'wrap_up',
    ]);
    await admin.post(`/api/calls/${id}/end`, {}, 409);
    await caller(app, agent.token).post(`/api/agents/x`, {}, 404);
  });

  it('answers an illegal wish with what is legal, and a stranger with 404', async () => {
    const { call_id: id } = await admin.post('/api/calls', { phone_number: '+966501110002', department: 'sales' }, 201);
    const refused = await admin.post(`/api/calls/${id}/status`, { status: 'on-hold' }, 409);
    expect(refused).toMatchObject({ code: 'ILLEGAL_TRANSITION', allowed: expect.arrayContaining(['in_queue']) });
    expect((await admin.post(`/api/calls/${id}/status`, { status: 'in_progress' }, 409)).code).toBe(
      'NO_AGENT_ASSIGNED',
    );
    await admin.post(`/api/calls/${id}/status`, { status: 'nonsense' }, 400);
    await caller(app, app.tokenFor(aUser())).get(`/api/calls/${id}`, 404);
    await caller(app, app.tokenFor(anAgent({ departments: ['complaints'] }))).get(`/api/calls/${id}`, 404);
    await caller(app, app.tokenFor(anAgent({ departments: ['sales'] }))).get(`/api/calls/${id}`);
    await admin.get('/api/calls/CALL-00000000', 404);
    expect((await admin.post(`/api/calls/${id}/status`, { status: 'ended' })).status).toBe('completed');
  });

  it('shows a call to the same viewers in SQL as in code', async () => {
    const one = await hire(app, 'AGT-191', { departments: ['sales'], status: 'offline' });
    const two = await hire(app, 'AGT-192', { departments: [], status: 'offline' });
    const owner = { ...aUser(), id: one.userId };
    for (const [n, set] of [
      `department = 'sales'`,
      `department = 'complaints'`,
      `department = null`,
      `department = 'complaints', assigned_agent_id = '${one.id}'`,
      `department = 'complaints', consult_agent_id = '${one.id}'`,
      `department = 'complaints', owner_user_id = '${one.userId}'`,
    ].entries()) {
      const { call_id } = await admin.post('/api/calls', { phone_number: `+9665011177${n}0` }, 201);
      await app.database.transaction((tx) => tx.rows(`update call set ${set} where code = $1`, [call_id]));
    }
    const all = await app.database.read.rows<Call>('select * from call');
    const viewers = [
      anAdmin(),
      aUser(),
      owner,
      anAgent(),
      one.actor,
      two.actor,
      anAgent({ departments: ['complaints'] }),
    ];
    const { agent: _none, ...unprofiled } = anAgent();
    for (const viewer of [...viewers, unprofiled, aKey('calls:read')]) {
      const params: unknown[] = [];
      const condition = visibleCallsSql(viewer, 'c', params);
      const seen = await app.database.read.rows<{ code: string }>(`select code from call c where ${condition}`, params);
      const expected = all.filter((call) => maySeeCall(viewer, call)).map((call) => call.code);
      expect(seen.map((row) => row.code).sort()).toEqual(expected.sort());
    }
  });

  it('puts a few calls into an empty house', async () => {
    const fresh = await startTestApp({ env: { SAMPLE_DATA: 'true' } });
    try {
      await fresh.nest.get(SampleData).createOnce();
      const boss = caller(fresh, fresh.tokenFor(anAdmin()));
      const { calls } = await boss.get('/api/calls?status=all');
      expect(calls.map((call: { status: string }) => call.status).sort()).toEqual([
        'completed',
        'completed',
        'in_queue',
        'initiated',
      ]);
      expect((await boss.get(`/api/calls/sessions`)).calls[3]).toMatchObject({
        duration: '03:46',
        agent: { name: 'Mona Adel' },
      });
    } finally {
      await fresh.close();
    }
  });
});
