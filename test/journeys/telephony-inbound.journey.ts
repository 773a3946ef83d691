import type { Carrier } from '../../sandbox/carrier/carrier';
import { anAdmin } from '../support/actors';
import { caller, hire, statusOf } from '../support/call-floor';
import { startWithCarrier } from '../support/carrier';
import type { TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('somebody who rings us', () => {
  let app: TestApp;
  let carrier: Carrier;
  let admin: ReturnType<typeof caller>;

  beforeAll(async () => {
    ({ app, carrier } = await startWithCarrier());
    admin = caller(app, app.tokenFor(anAdmin()));
  });
  afterEach(() => expect(carrier.exchange.problems).toEqual([]));
  afterAll(async () => {
    await carrier.close();
    await app.close();
  });

  const becomes = (sid: string, status: string) =>
    waitFor(`the call to be ${status}`, async () => {
      const { calls } = await admin.get('/api/calls?status=all&limit=200');
      return calls.find((c: { provider_call_sid: string; status: string }) => {
        return c.provider_call_sid === sid && c.status === status;
      });
    });
  const heard = (sid: string): string =>
    carrier.exchange.poster.log
      .filter(({ fields }) => fields.CallSid === sid)
      .map(({ answer }) => answer)
      .join('\n');

  it.each([
    ['+966501000001', 'ar', [{ press: '3' }], 'complaints'],
    ['+441632960001', 'en', [{ say: 'I have a problem, I want to complain about an issue' }], 'complaints'],
    ['+966501000002', 'ar', [{ say: 'أريد شراء منتج' }], 'sales'],
    ['+966501000003', 'ar', [{ say: 'قسم الشكاوى لو سمحت' }], 'complaints'],
    ['+441632960002', 'en', [{ say: 'good morning' }], 'reception'],
    ['+441632960003', 'en', [{ press: '9' }, { press: '2' }], 'sales'],
    ['+441632960004', 'en', [{ press: '7' }, { press: '0' }], 'reception'],
    ['anonymous', 'ar', [], 'reception'],
  ])('from %s is greeted in %s, answers %j and waits for %s', async (from, language, answers, department) => {
    const leg = carrier.ring(from, answers);
    const call = await becomes(leg.sid, 'in_queue');
    expect(call).toMatchObject({ department, direction: 'inbound', phone_number: from });
    expect(heard(leg.sid)).toContain(language === 'ar' ? 'أهلاً' : 'Welcome to our call centre.');
    const said = answers.flatMap((answer) => ('say' in answer ? [answer.say] : []));
    const { messages } = await admin.get(`/api/transcripts/${call.call_id}`);
    expect(messages.map(({ content }: { content: string }) => content)).toEqual(said);
    await leg.end('completed');
    await becomes(leg.sid, 'abandoned');
  });

  it('is put first when he says that it is urgent, and is told his place otherwise', async () => {
    const first = carrier.ring('+966501000011', [{ press: '2' }]);
    await becomes(first.sid, 'in_queue');
    const second = carrier.ring('+966501000012', [{ press: '2' }]);
    await becomes(second.sid, 'in_queue');
    await waitFor('his place', () => Promise.resolve(heard(second.sid).includes('رقمك في الانتظار 2')));
    const urgent = carrier.ring('+966501000013', [{ say: 'عاجل شراء' }]);
    expect((await becomes(urgent.sid, 'in_queue')).priority).toBe('urgent');
    await waitFor('his place', () => Promise.resolve(heard(urgent.sid).includes('رقمك في الانتظار 1')));
    for (const leg of [first, second, urgent]) await leg.end('completed');
    await becomes(urgent.sid, 'abandoned');
  });

  it('may ask to be called back instead of waiting', async () => {
    const leg = carrier.ring('+441632960021', [{ press: '2' }]);
    const { call_id: id } = await becomes(leg.sid, 'in_queue');
    leg.press('1');
    await becomes(leg.sid, 'completed');
    await waitFor('the goodbye', () => Promise.resolve(leg.ended && heard(leg.sid).includes('We will call you back')));
    const promised = await app.database.read.rows(
      `select b.department, b.state, e.outcome from call_callback b join call c on c.id = b.call_id
         join queue_entry e on e.call_id = c.id where c.code = $1`,
      [id],
    );
    expect(promised).toEqual([{ department: 'sales', state: 'scheduled', outcome: 'callback' }]);
  });

  it('leaves a message where nobody answers, at once or after waiting long', async () => {
    await app.database.transaction((tx) =>
      tx.rows(`update department_setting set max_queue_length = 0, overflow = 'voicemail' where name = 'complaints'`),
    );
    const full = carrier.ring('+441632960031', [{ press: '3' }]);
    const { call_id: id } = await becomes(full.sid, 'voicemail');
    await app.database.transaction((tx) =>
      tx.rows(`update department_setting set max_queue_length = null, max_wait_seconds = 1 where name = 'complaints'`),
    );
    const waited = carrier.ring('+441632960032', [{ press: '3' }]);
    const { call_id: later } = await becomes(waited.sid, 'voicemail');
    const { events } = await admin.get(`/api/calls/${later}/events`);
    expect(events.map(({ kind }: { kind: string }) => kind)).toContain('queued');
    for (const code of [id, later]) {
      await waitFor(`the message of ${code}`, async () => {
        const { recordings } = await admin.get(`/api/calls/${code}/recordings`);
        return recordings.some(
          ({ kind, status }: { kind: string; status: string }) => kind === 'voicemail' && status === 'available',
        );
      });
    }
    await app.database.transaction((tx) =>
      tx.rows(`update department_setting set max_wait_seconds = null where name = 'complaints'`),
    );
  });

  it('goes back to the queue when he is handed to a department, and to the next agent from there', async () => {
    const first = await hire(app, 'AGT-721', { departments: ['sales'] });
    const second = await hire(app, 'AGT-722', { departments: ['complaints'], status: 'offline' });
    const leg = carrier.ring('+441632960041', [{ press: '2' }]);
    const { call_id: id } = await becomes(leg.sid, 'ringing');
    await caller(app, first.token).post(`/api/calls/${id}/accept`);
    await becomes(leg.sid, 'in_progress');
    const rooms = () => carrier.exchange.conferences.filter(({ name }) => name === id);
    await waitFor('them to talk', () => Promise.resolve(rooms()[0]?.participants.size === 2));
    await caller(app, first.token).post(`/api/calls/${id}/transfer?target_department=complaints`);
    await waitFor('the first conversation to be over', () => Promise.resolve(rooms()[0]?.isOver));
    await waitFor('him to wait again', () => Promise.resolve(carrier.exchange.queueOf(id).length === 1));
    await waitFor('the first agent to be free', async () => (await statusOf(app, first)) === 'available');
    await caller(app, app.tokenFor(anAdmin())).patch(`/api/agents/AGT-722/status?status=available`);
    await waitFor('the second to be asked', async () => (await statusOf(app, second)) === 'offered');
    await caller(app, second.token).post(`/api/calls/${id}/accept`);
    const call = await becomes(leg.sid, 'in_progress');
    expect(call.assigned_agent_id).toBe('AGT-722');
    await waitFor('them to talk', () => Promise.resolve(rooms()[1]?.participants.size === 2));
    // one recording over both conversations
    expect([...carrier.exchange.recordings.values()].filter(({ callSid }) => callSid === leg.sid)).toHaveLength(1);
    await leg.end('completed');
    await becomes(leg.sid, 'completed');
  });

  it('is given to another agent when one who took the call does not pick up his telephone', async () => {
    await app.database.transaction((tx) => tx.rows(`update agent set status = 'offline' where code like 'AGT-72%'`));
    const slow = await hire(app, 'AGT-731', { departments: ['reception'], idleSeconds: 60 });
    const leg = carrier.ring('+441632960051', [{ press: '1' }]);
    const { call_id: id } = await becomes(leg.sid, 'ringing');
    carrier.faults = [{ request: 'POST /Calls.json', kind: 'status', value: 404, times: 1 }];
    await caller(app, slow.token).post(`/api/calls/${id}/accept`);
    await waitFor('the call to be given back', async () => {
      const { events } = await admin.get(`/api/calls/${id}/events`);
      return events.some(({ kind }: { kind: string }) => kind === 'returned');
    });
    const other = await hire(app, 'AGT-732', { departments: ['reception'] });
    const taken = await waitFor('it to be offered again', async () => {
      const statuses = [await statusOf(app, slow), await statusOf(app, other)];
      return statuses.includes('offered') && (statuses[0] === 'offered' ? slow : other);
    });
    await caller(app, taken.token).post(`/api/calls/${id}/accept`);
    await becomes(leg.sid, 'in_progress');
    await leg.end('completed');
    await becomes(leg.sid, 'completed');
  });
});
