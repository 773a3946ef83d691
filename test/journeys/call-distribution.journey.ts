import { DistributionEngine } from '../../src/modules/calls/queue/distribution.engine';
import { anAdmin } from '../support/actors';
import { caller, type FloorAgent, hire, statusOf } from '../support/call-floor';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

/** A line of so many calls in the reception that want two skills, one behind the other. */
const line = (app: TestApp, length: number): Promise<unknown> =>
  app.database.transaction((tx) =>
    tx.rows(
      `with waiting as (
         insert into call (id, code, status, direction, phone_number, department, priority_rank, required_skills,
           preferred_skills, metadata, started_at, changed_at, queued_at)
         select gen_random_uuid(), 'CALL-W' || n, 'in_queue', 'inbound', 'withheld', 'reception', 0,
                '[{"skill": "german", "level": 3}, {"skill": "billing", "level": 3}]', '[]', '{}', now(), now(),
                now() - interval '1 minute' + n * interval '1 ms'
           from generate_series(1, $1::int) n returning *)
       insert into queue_entry (id, call_id, department, priority_rank, queued_at, entered_at, state, required_skills,
         preferred_skills, declined_by)
       select gen_random_uuid(), id, 'reception', 0, queued_at, queued_at, 'waiting', required_skills, '[]', '{}' from waiting`,
      [length],
    ),
  );

describe('the queue', () => {
  let app: TestApp;
  let admin: ReturnType<typeof caller>;
  let number = 100;

  beforeAll(async () => {
    app = await startTestApp({
      env: {
        WRAP_UP_SECONDS: '0.2',
        OFFER_TIMEOUT_SECONDS: '5',
        MAX_MISSED_OFFERS: '2',
        CONNECT_TIMEOUT_SECONDS: '2',
      },
    });
    admin = caller(app, app.tokenFor(anAdmin()));
  });
  afterAll(() => app.close());
  // nobody of an earlier story is on the floor
  beforeEach(() => app.database.transaction((tx) => tx.rows(`update agent set is_active = false where is_active`)));

  const queued = async (department: string, more: object = {}): Promise<string> => {
    const { call_id } = await admin.post('/api/calls', { phone_number: `+96650222${(number += 1)}0` }, 201);
    await admin.post(`/api/calls/${call_id}/route`, { department, ...more });
    return call_id as string;
  };
  const call = async (id: string) => (await admin.get(`/api/calls/${id}`)).call;
  const status = async (agent: FloorAgent, wanted: string) =>
    waitFor(`${agent.code} ${wanted}`, async () => (await statusOf(app, agent)) === wanted);
  /** He has been in wrap-up, which is too short here to be met in it for sure. */
  const wrappedUp = async (agent: FloorAgent) => {
    const statuses = await app.database.read.rows(
      `select status from agent_status_interval where agent_id = $1 and status = 'wrap_up'`,
      [agent.id],
    );
    expect(statuses).toHaveLength(1);
  };
  const answered = async (agent: FloorAgent, id: string) => {
    await status(agent, 'offered');
    await caller(app, agent.token).post(`/api/calls/${id}/accept`);
  };

  it('gives a missed offer back to the head of the queue with its original time, and sends the agent on a break', async () => {
    const id = await queued('sales');
    const { queued_at } = await call(id);
    const sleeper = await hire(app, 'AGT-201', { departments: ['sales'] });
    await app.database.transaction((tx) => tx.rows(`select pg_notify('calls_distribute', 'sales')`));
    await status(sleeper, 'on_break');
    expect(await call(id)).toMatchObject({ status: 'in_queue', queued_at });
    const { events } = await admin.get(`/api/calls/${id}/events`);
    expect(
      events.map((line: { cause: string }) => line.cause).filter((cause: string) => cause === 'offer missed'),
    ).toHaveLength(2);
    await admin.post(`/api/calls/${id}/end`);
    expect(await call(id)).toMatchObject({ status: 'abandoned', answered_at: null });
  });

  it('asks whoever has not let the call pass, and keeps the idle time of one who rejects', async () => {
    const first = await hire(app, 'AGT-211', { departments: ['sales'], idleSeconds: 100 });
    const second = await hire(app, 'AGT-212', { departments: ['sales'], idleSeconds: 10 });
    const id = await queued('sales');
    await status(first, 'offered');
    await caller(app, second.token).post(`/api/calls/${id}/accept`, {}, 404);
    await caller(app, first.token).post(`/api/calls/${id}/reject`);
    await answered(second, id);
    expect((await call(id)).assigned_agent_id).toBe('AGT-212');
    expect((await caller(app, first.token).post(`/api/calls/${id}/accept`, {}, 409)).code).toBe('OFFER_OVER');
    const idle = await app.database.read.one<{ idle: number }>(
      'select extract(epoch from now() - idle_since)::int as idle from agent where id = $1',
      [first.id],
    );
    expect(idle?.idle).toBeGreaterThanOrEqual(100);
    await caller(app, second.token).post(`/api/calls/${id}/accept`);
    await admin.post(`/api/calls/${id}/end`);
  });

  it('offers nothing to an agent who has gone silent, and counts him as away', async () => {
    const silent = await hire(app, 'AGT-215', { departments: ['sales'], idleSeconds: 100 });
    const present = await hire(app, 'AGT-216', { departments: ['sales'] });
    await app.database.transaction((tx) =>
      tx.rows(`update agent set last_seen_at = now() - interval '31 seconds' where id = $1`, [silent.id]),
    );
    const id = await queued('sales');
    await answered(present, id);
    expect(await statusOf(app, silent)).toBe('available');
    expect((await admin.get('/api/calls/queue')).available_agents).toBe(0);
    await admin.post(`/api/calls/${id}/end`);
  });

  it('offers by skill, and shows place, wait and estimate', async () => {
    const ids = [
      await queued('complaints', { required_skills: 'tax:3' }),
      await queued('complaints'),
      await queued('complaints', { priority: 'urgent' }),
    ];
    const { queue, calls, queue_length } = await admin.get('/api/calls/queue?department=complaints');
    expect(calls).toEqual(queue);
    expect(queue_length).toBe(3);
    const places = Object.fromEntries(
      queue.map((one: { call_id: string; position: number }) => [one.call_id, one.position]),
    );
    // the urgent one is served first, but came last: nobody's place gets worse by it
    expect(queue[0].call_id).toBe(ids[2]);
    expect([places[ids[0] as string], places[ids[1] as string], places[ids[2] as string]]).toEqual([1, 2, 1]);
    expect(queue[0]).toMatchObject({ estimated_wait: null, priority: 'urgent' });
    const novice = await hire(app, 'AGT-221', { departments: ['complaints'], skills: { tax: 2 } });
    await app.database.transaction((tx) => tx.rows(`select pg_notify('calls_distribute', 'complaints')`));
    await answered(novice, ids[2] as string);
    await admin.post(`/api/calls/${ids[2]}/end`);
    await answered(novice, ids[1] as string);
    expect((await call(ids[0] as string)).status).toBe('in_queue');
    for (const id of ids.slice(0, 2)) await admin.post(`/api/calls/${id}/end`);
  });

  it('transfers cold to a department and to an agent, who must exist and be free', async () => {
    const one = await hire(app, 'AGT-231', { departments: ['sales'] });
    const other = await hire(app, 'AGT-232', { departments: ['complaints'] });
    const id = await queued('sales');
    const { queued_at } = await call(id);
    await answered(one, id);
    expect((await admin.post(`/api/calls/${id}/transfer`, { agent_id: 'AGT-999' }, 404)).code).toBe('AGENT_NOT_FOUND');
    await admin.post(`/api/calls/${id}/transfer`, {}, 400);
    await admin.post(`/api/calls/${id}/transfer`, { target_department: 'nowhere' }, 400);
    await admin.post(`/api/calls/${id}/transfer?target_department=complaints&agent_id=AGT-232`);
    expect(await call(id)).toMatchObject({
      status: 'transferred',
      department: 'complaints',
      assigned_agent_id: null,
      queued_at,
    });
    await wrappedUp(one);
    await answered(other, id);
    expect(await call(id)).toMatchObject({ status: 'in_progress', assigned_agent_id: 'AGT-232' });
    await status(one, 'available');
    await caller(app, other.token).post(`/api/calls/${id}/transfer`, { target_department: 'sales' });
    await answered(one, id);
    expect((await admin.post(`/api/calls/${id}/transfer`, { agent_id: 'AGT-231' }, 409)).code).toBe('AGENT_NOT_FREE');
    await admin.post(`/api/calls/${id}/end`);
    const { rows } = {
      rows: await app.database.read.rows<{ name: string }>(
        `select name from event where aggregate like 'call:%' and name = 'call.transferred'`,
      ),
    };
    expect(rows).toHaveLength(2);
  });

  it('transfers warm: consults, cancels, consults again, completes', async () => {
    const one = await hire(app, 'AGT-241', { departments: ['sales'] });
    const other = await hire(app, 'AGT-242', { departments: ['complaints'] });
    const id = await queued('sales');
    await answered(one, id);
    const desk = caller(app, one.token);
    expect((await desk.post(`/api/calls/${id}/transfer/consult`, { agent_id: 'AGT-242' })).call).toMatchObject({
      status: 'on_hold',
      assigned_agent_id: 'AGT-241',
      allowed_actions: expect.arrayContaining(['cancel_transfer']),
    });
    await desk.post(`/api/calls/${id}/resume`, {}, 409);
    await desk.post(`/api/calls/${id}/transfer/cancel`);
    expect(await call(id)).toMatchObject({ status: 'in_progress', assigned_agent_id: 'AGT-241' });
    await status(other, 'available');
    await desk.post(`/api/calls/${id}/transfer/consult`, { agent_id: 'AGT-242' });
    await caller(app, other.token).post(`/api/calls/${id}/accept`);
    expect(await statusOf(app, other)).toBe('on_call');
    await desk.post(`/api/calls/${id}/transfer/complete`);
    expect(await call(id)).toMatchObject({ status: 'in_progress', assigned_agent_id: 'AGT-242' });
    await wrappedUp(one);
    await admin.post(`/api/calls/${id}/end`);
    await status(other, 'available');
    // completed before the colleague has answered: it rings on at him, and goes to others when he does not take it
    const second = await queued('sales');
    await answered(one, second);
    await desk.post(`/api/calls/${second}/transfer/consult`, { agent_id: 'AGT-242' });
    await desk.post(`/api/calls/${second}/transfer/complete`);
    expect((await call(second)).status).toBe('transferred');
    await waitFor('the colleague to miss it', async () => (await call(second)).status !== 'transferred');
    await answered(one, second);
    await admin.post(`/api/calls/${second}/end`);
  });

  it('lets an agent who sets in_progress take a call, within what he may carry', async () => {
    const agent = await hire(app, 'AGT-251', { departments: ['sales'], status: 'busy' });
    const [first, second] = [await queued('sales'), await queued('sales')];
    const desk = caller(app, agent.token);
    expect((await desk.post(`/api/calls/${first}/status?status=in_progress`)).call.assigned_agent_id).toBe('AGT-251');
    expect((await desk.post(`/api/calls/${second}/status?status=in_progress`, {}, 409)).code).toBe('AGENT_NOT_FREE');
    await desk.patch('/api/agents/AGT-251/status', { status: 'on_break' });
    await desk.post(`/api/calls/${first}/end`);
    // the break he asked for during the call is taken after it and its wrap-up
    await status(agent, 'on_break');
    await admin.post(`/api/calls/${second}/end`);
  });

  it('overflows, keeps to opening hours, promises callbacks and keeps them, and gives a returning caller his place back', async () => {
    await admin.patch('/api/calls/departments/complaints', {
      max_queue_length: 1,
      overflow: 'department',
      overflow_department: 'reception',
    });
    const [kept, spilled] = [await queued('complaints'), await queued('complaints')];
    expect((await call(kept)).department).toBe('complaints');
    expect((await call(spilled)).department).toBe('reception');
    await admin.patch('/api/calls/departments/complaints', { opening_hours: {}, overflow: 'callback' });
    const late = await queued('complaints');
    expect(await call(late)).toMatchObject({ status: 'completed' });
    const { callbacks } = await admin.get('/api/calls/callbacks?state=scheduled');
    expect(callbacks).toMatchObject([{ call_id: late, department: 'complaints' }]);
    await admin.post(`/api/calls/callbacks/${callbacks[0].callback_id}/cancel`);
    await admin.post(`/api/calls/callbacks/${callbacks[0].callback_id}/cancel`, {}, 409);
    await admin.patch('/api/calls/departments/complaints', {
      opening_hours: null,
      max_queue_length: null,
      overflow: 'voicemail',
    });
    await admin.patch(
      '/api/calls/departments/complaints',
      { overflow: 'department', overflow_department: 'complaints' },
      400,
    );
    await admin.post(
      '/api/calls/callbacks',
      { phone_number: '+966501239999', due_at: new Date(Date.now() + 300).toISOString(), department: 'sales' },
      201,
    );
    await waitFor('the promise to be kept', async () => {
      const { queue } = await admin.get('/api/calls/queue?department=sales');
      return queue.some(
        (one: { phone_number: string; priority: string }) =>
          one.phone_number === '+966501239999' && one.priority === 'high',
      );
    });
    const phone_number = '+966501238888';
    const ring = async () => {
      const { call_id } = await admin.post('/api/calls', { phone_number }, 201);
      return (await admin.post(`/api/calls/${call_id}/route`, { department: 'reception' })).call;
    };
    const gone = await ring();
    await admin.post(`/api/calls/${gone.call_id}/end`);
    expect((await ring()).queued_at).toBe(gone.queued_at);
    const figures = (await admin.get('/api/calls/metrics')).departments;
    for (const f of figures) expect(f.queued).toBe(f.answered + f.abandoned + f.callback + f.overflow + f.waiting);
    expect(figures.find((f: { department: string }) => f.department === 'complaints')).toMatchObject({
      overflow: 1,
      callback: 1,
    });
    expect((await admin.get('/api/calls/metrics/live?department=sales')).departments).toHaveLength(1);
  });

  it('serves who can be served behind thousands who cannot, and takes any word for a skill', async () => {
    // whoever an earlier story left waiting there would be served first
    const left = await app.database.read.rows<{ code: string }>(
      `select code from call where department = 'reception' and ended_at is null`,
    );
    for (const { code } of left) await admin.post(`/api/calls/${code}/end`);
    await hire(app, 'AGT-281', { departments: ['reception'], skills: { german: 3 }, idleSeconds: 100 });
    await hire(app, 'AGT-282', { departments: ['reception'], skills: { billing: 3, constructor: 2 } });
    // each of the two skills is there, but nobody has both
    await line(app, 3000);
    const [behind, odd] = [await queued('reception'), await queued('reception', { required_skills: 'constructor:2' })];
    for (const id of [behind, odd]) {
      await waitFor('an offer behind the long line', async () => (await call(id)).status === 'ringing');
    }
    await app.database.transaction((tx) =>
      tx.rows(
        `with gone as (
           update queue_entry set state = 'left', outcome = 'abandoned', left_at = now()
            where department = 'reception' and priority_rank = 0 returning call_id)
         update call set status = 'abandoned', ended_at = now(), changed_at = now() where id in (select call_id from gone)`,
      ),
    );
    for (const id of [behind, odd]) await admin.post(`/api/calls/${id}/end`);
  });

  it('begins at the front again for an agent who came while a long line was being looked at', async () => {
    // nobody distributes in this process but the test
    const still = await startTestApp({ env: { ROLE: 'api' } });
    try {
      const engine = still.nest.get(DistributionEngine);
      await hire(still, 'AGT-283', { departments: ['reception'], skills: { german: 3 } });
      await hire(still, 'AGT-284', { departments: ['reception'], skills: { billing: 3 } });
      await line(still, 3000);
      await still.database.transaction((tx) =>
        tx.rows(
          `update queue_entry set required_skills = '[{"skill": "french", "level": 1}]'
            where call_id = (select id from call where code = 'CALL-W100')`,
        ),
      );
      expect(await engine.pass('reception')).toMatchObject({ offered: 0, again: true, inVain: true });
      await hire(still, 'AGT-285', { departments: ['reception'], skills: { french: 1 } });
      expect(await engine.pass('reception')).toMatchObject({ offered: 1 });
      const french = await still.database.read.one(`select status from call where code = 'CALL-W100'`);
      expect(french).toEqual({ status: 'ringing' });
    } finally {
      await still.close();
    }
  });

  it('shows what an agent has done, with the calls behind it', async () => {
    const agent = await hire(app, 'AGT-261', { departments: ['sales'] });
    const waiting = (await admin.get('/api/calls?department=sales')).calls;
    for (const one of waiting) await admin.post(`/api/calls/${one.call_id}/end`);
    const id = await queued('sales');
    await answered(agent, id);
    const desk = caller(app, agent.token);
    await desk.post(`/api/calls/${id}/end`);
    const performance = await desk.get('/api/agents/performance');
    expect(performance.summary).toMatchObject({ total_calls: 1, completed_calls: 1, success_rate: 100 });
    const drilled = await desk.get(performance.daily_performance[0].calls);
    expect(drilled.calls.map((one: { call_id: string }) => one.call_id)).toEqual([id]);
    expect((await desk.get('/api/agents/call-history/?status=completed')).calls).toMatchObject([
      { id, agent: { employee_id: 'AGT-261' } },
    ]);
    expect(
      (await desk.get('/api/agents/profile')).recent_calls ??
        (await desk.get('/api/agents/profile')).agent?.recent_calls,
    ).toHaveLength(1);
    await desk.get('/api/agents/performance?agent_id=AGT-212', 404);
    await admin.get('/api/agents/performance?agent_id=AGT-261');
    await admin.get('/api/agents/performance', 404);
  });
});
