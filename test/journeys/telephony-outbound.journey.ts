import type { Carrier, CarrierFault } from '../../sandbox/carrier/carrier';
import { anAdmin } from '../support/actors';
import { caller, type FloorAgent, hire, statusOf } from '../support/call-floor';
import { startWithCarrier } from '../support/carrier';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('calls that we begin', () => {
  let app: TestApp;
  let carrier: Carrier;
  let admin: ReturnType<typeof caller>;
  let desk: ReturnType<typeof caller>;
  let agent: FloorAgent;
  let numbers = 0;

  beforeAll(async () => {
    ({ app, carrier } = await startWithCarrier());
    admin = caller(app, app.tokenFor(anAdmin()));
    agent = await hire(app, 'AGT-711', { departments: ['sales'] });
    desk = caller(app, agent.token);
  });
  afterEach(async () => {
    carrier.faults = [];
    await waitFor('the agent to be free', async () => (await statusOf(app, agent)) === 'available');
    await waitFor('every telephone to be put down', () =>
      Promise.resolve([...carrier.exchange.legs.values()].every(({ ended }) => ended)),
    );
    expect(carrier.exchange.problems).toEqual([]);
  });
  afterAll(async () => {
    await carrier.close();
    await app.close();
  });

  const start = async (ending: string): Promise<{ id: string; number: string }> => {
    numbers += 1;
    const number = `+96650123${String(10 + numbers)}${ending}`;
    const { call_id: id, status } = await desk.post('/api/calls/start-call', { phone_number: number }, 201);
    expect(status).toBe('connecting');
    return { id, number };
  };
  const legsTo = (number: string) =>
    [...carrier.exchange.legs.values()].filter(({ settings }) => settings.to === number);
  const becomes = (id: string, status: string) =>
    waitFor(`${id} to be ${status}`, async () => {
      const { call } = await admin.get(`/api/calls/${id}`);
      return call.status === status && call;
    });

  it('ring agent and customer, bring them together, and end everywhere when they are ended', async () => {
    const { id, number } = await start('55');
    const call = await becomes(id, 'in_progress');
    const [leg] = legsTo(number);
    expect(call).toMatchObject({ provider_call_sid: leg?.sid, assigned_agent_id: 'AGT-711', direction: 'outbound' });
    await waitFor('both to hear each other', () =>
      Promise.resolve(
        carrier.exchange.conferences.some(({ name, participants }) => name === id && participants.size === 2),
      ),
    );
    await desk.post(`/api/calls/${id}/end`);
    await waitFor('the number to be hung up', () => Promise.resolve(leg?.ended));
    expect(legsTo(number)).toHaveLength(1);
  });

  it.each([
    ['01', 'busy'],
    ['02', 'no_answer'],
    ['03', 'failed'],
    ['04', 'completed'],
    ['05', 'failed'],
    ['07', 'failed'],
  ])('to a number that ends in %s become %s', async (ending, status) => {
    const { id, number } = await start(ending);
    const call = await becomes(id, status);
    expect(call.ended_at).not.toBeNull();
    expect(legsTo(number).length).toBeLessThanOrEqual(1);
  });

  it('are found when the answer to the dialling is lost', async () => {
    const { id, number } = await start('06');
    await becomes(id, 'in_progress');
    expect(legsTo(number)).toHaveLength(1);
    await desk.post(`/api/calls/${id}/end`);
  });

  it.each<[string, Omit<CarrierFault, 'times' | 'request'>, string, number]>([
    ['answers 500 without dialling', { kind: 'status', value: 500 }, 'failed', 0],
    ['breaks off', { kind: 'close' }, 'failed', 0],
    ['dials and breaks off', { kind: 'close-after' }, 'in_progress', 1],
    ['dials and is too slow to say so', { kind: 'slow', value: 4000 }, 'in_progress', 1],
    ['has too much to do at first', { kind: 'status', value: 429 }, 'in_progress', 1],
  ])('when the carrier %s are told so and never dialled twice', async (_name, fault, status, legs) => {
    carrier.faults = [{ request: 'POST /Calls.json', times: 1, ...fault }];
    const { id, number } = await start('66');
    await becomes(id, status);
    if (status === 'in_progress') await desk.post(`/api/calls/${id}/end`);
    await waitFor('nothing more to be asked', async () => {
      const row = await app.database.read.one<{ open: number }>(
        'select count(*)::int as open from telephony_command where due_at is not null',
      );
      return row?.open === 0;
    });
    expect(legsTo(number)).toHaveLength(legs);
  });

  it('are hung up when the carrier dials after we have given up', async () => {
    carrier.faults = [{ request: 'POST /Calls.json', kind: 'late', value: 4000, times: 1 }];
    const { id, number } = await start('66');
    await becomes(id, 'failed');
    await waitFor('the late call to be dialled and hung up', () =>
      Promise.resolve(legsTo(number).length === 1 && legsTo(number)[0]?.ended),
    );
    expect((await admin.get(`/api/calls/${id}`)).call.status).toBe('failed');
  });

  it('fail at once when the carrier cannot be reached, and free the agent', async () => {
    await carrier.stopListening();
    try {
      const { id } = await start('77');
      await becomes(id, 'failed');
      const history = await admin.get(`/api/calls/${id}/events`);
      expect(history.events.at(-1).cause).toContain('ECONNREFUSED');
      await waitFor('the agent to be free', async () => (await statusOf(app, agent)) === 'available');
    } finally {
      await carrier.listen();
    }
  });

  it('end when the agent puts down his telephone', async () => {
    const { id } = await start('88');
    await becomes(id, 'in_progress');
    const phone = await waitFor('his telephone', () =>
      Promise.resolve(
        [...carrier.exchange.legs.values()].find((leg) => !leg.ended && leg.settings.to === 'client:AGT_711'),
      ),
    );
    await waitFor('him to be in it', () =>
      Promise.resolve(carrier.exchange.conferences.some((room) => room.participants.has(phone.sid))),
    );
    await phone.end('completed');
    expect((await becomes(id, 'completed')).answered_at).not.toBeNull();
  });

  it('are listened to by a supervisor, who may whisper and join in', async () => {
    const boss = await hire(app, 'AGT-712', { isSupervisor: true, status: 'offline' });
    const { id } = await start('99');
    await becomes(id, 'in_progress');
    const room = await waitFor('the conversation', () =>
      Promise.resolve(
        carrier.exchange.conferences.find(({ name, participants }) => name === id && participants.size === 2),
      ),
    );
    await desk.post(`/api/calls/${id}/monitor`, { mode: 'listen' }, 403);
    const chair = caller(app, boss.token);
    const part = () => [...room.participants.values()].find(({ label }) => label === 'AGT_712');
    await chair.post(`/api/calls/${id}/monitor?mode=listen`);
    await waitFor('him to listen', () => Promise.resolve(part()?.muted === true));
    await chair.post(`/api/calls/${id}/monitor`, { mode: 'whisper' });
    const agentLeg = [...room.participants.values()].find(({ label }) => label === 'AGT_711')?.leg;
    await waitFor('him to whisper', () =>
      Promise.resolve(part()?.coaching === agentLeg?.sid && part()?.muted === false),
    );
    await chair.post(`/api/calls/${id}/monitor`, { mode: 'barge' });
    await waitFor('him to join in', () => Promise.resolve(part() && part()?.coaching === undefined));
    await app.http.delete(`/api/calls/${id}/monitor`).set('Authorization', `Bearer ${boss.token}`).expect(200);
    await waitFor('him to be gone', () => Promise.resolve(part() === undefined));
    expect(room.participants.size).toBe(2);
    await desk.post(`/api/calls/${id}/end`);
  });

  it('give an agent a token for the telephone in his browser, and nobody a telephone that is not set up', async () => {
    const { token, identity } = await desk.post('/api/calls/token');
    const [head = '', body = ''] = (token as string)
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(head)).toMatchObject({ alg: 'HS256', cty: 'twilio-fpa;v=1' });
    expect(JSON.parse(body)).toMatchObject({
      sub: `AC${'1'.repeat(32)}`,
      grants: { identity, voice: { incoming: { allow: true }, outgoing: { application_sid: `AP${'3'.repeat(32)}` } } },
    });
    expect(identity).toBe('AGT_711');
    expect((await admin.post('/api/calls/token', {}, 404)).code).toBe('AGENT_PROFILE_NOT_FOUND');
    const without = await startTestApp({ env: { SANDBOX: 'false' } });
    try {
      const stranger = caller(without, without.tokenFor(agent.actor));
      expect((await stranger.post('/api/calls/token', {}, 503)).code).toBe('TELEPHONY_NOT_CONFIGURED');
      const started = await stranger.post('/api/calls/start-call', { phone_number: '+966501234567' }, 503);
      expect(started.code).toBe('TELEPHONY_NOT_CONFIGURED');
      expect((await without.http.post('/api/calls/twilio-webhook/').send('')).body.code).toBe(
        'TELEPHONY_NOT_CONFIGURED',
      );
    } finally {
      await without.close();
    }
  });
});
