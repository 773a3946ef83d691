import type { UserActor } from '../../src/platform/access/actor';
import { LeadsQueries } from '../../src/modules/dialer';
import { callbackState } from '../../src/modules/dialer/callbacks/callback-state';
import { CallbacksQueries } from '../../src/modules/dialer/callbacks/callbacks.queries';
import { CustomersService } from '../../src/modules/customers';
import { SampleData } from '../../src/platform/sample-data/sample-data';
import { aKey, anAdmin, anAgent, aUser } from '../support/actors';
import { aDialerAgent, eventCount, postLead } from '../support/dialer';
import { startTestApp, type TestApp } from '../support/test-app';

describe('agents work leads', () => {
  let app: TestApp;
  let caleb: UserActor;
  let dani: UserActor;
  const ids: number[] = [];

  beforeAll(async () => {
    app = await startTestApp();
    caleb = anAgent(await aDialerAgent(app, 'CalebG', 'Caleb Galloway'));
    dani = anAgent(await aDialerAgent(app, 'DaniC', 'Danielle Crutchley'));
    for (let n = 0; n < 7; n += 1) {
      const reply = await postLead(app, {
        user: n % 2 ? 'DaniC' : 'CalebG',
        lead_id: `L${n}`,
        first_name: `Person${n}`,
        last_name: n === 3 ? 'Õunapuu' : 'Smith',
        phone: `+4477009001${10 + n}`,
        email: `p${n}@example.com`,
        campaign: n < 3 ? 'SOLAR' : 'HEAT',
      });
      ids.push(reply.body.lead.id as number);
    }
  });
  afterAll(() => app.close());

  const as = (actor: Parameters<TestApp['tokenFor']>[0]) => ({ Authorization: `Bearer ${app.tokenFor(actor)}` });
  const list = async (query: string, actor = caleb): Promise<number[]> => {
    const reply = await app.http.get(`/api/leads${query}`).set(as(actor)).expect(200);
    expect(reply.body.count).toBe(reply.body.leads.length);
    return (reply.body.leads as { id: number }[]).map((lead) => lead.id);
  };

  it('lets in agents, admins and keys with the scope, and nobody else', async () => {
    const status = async (actor: Parameters<TestApp['tokenFor']>[0]): Promise<number> =>
      (await app.http.get('/api/leads').set(as(actor))).status;
    expect(await Promise.all([caleb, anAdmin(), aKey('leads:read'), aKey('*')].map(status))).toEqual([
      200, 200, 200, 200,
    ]);
    expect(await Promise.all([aUser(), aKey('leads:write'), aKey('calls:read')].map(status))).toEqual([403, 403, 403]);
    expect((await app.http.get('/api/leads')).status).toBe(401);
    expect(
      (
        await app.http
          .patch(`/api/leads/${ids[0]}`)
          .set(as(aKey('leads:read')))
          .send({ notes: 'x' })
      ).status,
    ).toBe(403);
  });

  it('lists by status, agent, campaign, time and text, newest first, page by page while more come', async () => {
    const newest = [...ids].reverse();
    expect(await list('')).toEqual(newest);
    expect(await list('/?agent_id=me')).toEqual(newest.filter((_id, n) => n % 2 === 0));
    expect(await list(`?agent=${dani.agent?.code}`)).toEqual(newest.filter((_id, n) => n % 2 === 1));
    expect(await list('?campaign=SOLAR')).toEqual(newest.slice(4));
    expect(await list('?status=interested,sold')).toEqual(newest);
    expect(await list('?status=sold')).toEqual([]);
    expect(await list('?search=unapuu')).toEqual([ids[3]]);
    expect(await list('?search=smith%20person2')).toEqual([ids[2]]);
    expect(await list('?search=07700%20900114')).toEqual([ids[4]]);
    expect(await list('?search=p5@example')).toEqual([ids[5]]);
    expect(await list('?from=2031-01-01')).toEqual([]);
    expect(await list('?to=2031-01-01&from=2020-01-01T00:00:00Z')).toEqual(newest);
    const pages: number[] = [];
    let cursor = '';
    do {
      const reply = await app.http.get(`/api/leads?limit=3${cursor}`).set(as(caleb));
      pages.push(...(reply.body.leads as { id: number }[]).map((lead) => lead.id));
      if (!cursor) await postLead(app, { user: 'DaniC', lead_id: 'late', phone: '+447700900999' });
      cursor = reply.body.next_cursor ? `&cursor=${reply.body.next_cursor}` : '';
    } while (cursor);
    expect(pages).toEqual(newest);
  });

  it.each([
    '?status=nonsense',
    '?limit=0',
    '?limit=201',
    '?cursor=abc',
    '?from=yesterday',
    '?search=%00',
    `?search=${'x'.repeat(101)}`,
  ])('refuses %s by name', async (query) => {
    const reply = await app.http.get(`/api/leads${query}`).set(as(caleb));
    expect(reply.status).toBe(400);
    expect(Object.keys(reply.body.details as object)[0]).toBe(query.slice(1).split('=')[0]);
  });

  it('reads every list by an index that gives its order', async () => {
    const queries = app.nest.get(LeadsQueries, { strict: false });
    const callbacks = app.nest.get(CallbacksQueries, { strict: false });
    const plan = async ({ sql, params }: { sql: string; params: unknown[] }): Promise<string> =>
      app.database.transaction(async (tx) => {
        // as in a big table, where reading and sorting all of it is out of the question
        await tx.rows('set local enable_seqscan = off');
        await tx.rows('set local enable_sort = off');
        const rows = await tx.rows<{ 'QUERY PLAN': string }>(`explain ${sql}`, params);
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      });
    const page = { limit: 50 };
    expect(await plan(await queries.listSql(caleb, page))).toContain('lead_newest');
    expect(await plan(await queries.listSql(caleb, { ...page, status: ['sold'] }))).toContain('lead_status');
    expect(await plan(await queries.listSql(caleb, { ...page, agent_id: 'me' }))).toContain('lead_agent');
    expect(await plan(await queries.listSql(caleb, { ...page, campaign: 'SOLAR' }))).toContain('lead_campaign');
    expect(await plan(await callbacks.listSql(caleb, page))).toContain('lead_callback_due');
    expect(await plan(await callbacks.listSql(caleb, { ...page, mine: true }))).toMatch(/lead_callback_(agent|due)/);
  });

  it('shows one, and 404 for what is no lead', async () => {
    const reply = await app.http.get(`/api/leads/${ids[3]}/`).set(as(caleb)).expect(200);
    expect(reply.body).toMatchObject({
      success: true,
      lead: { id: ids[3], full_name: 'Person3 Õunapuu', dialer_lead_id: 'L3' },
    });
    for (const id of ['0', '99999999', '-1', 'abc', '1e3', '9'.repeat(30), '01', '%20']) {
      expect((await app.http.get(`/api/leads/${id}`).set(as(caleb))).status).toBe(404);
    }
  });

  it('changes status, notes, agent and appointment, keeps who changed what, and tells it once', async () => {
    const before = await eventCount(app, 'lead.updated');
    const patch = (body: object) => app.http.patch(`/api/leads/${ids[0]}`).set(as(caleb)).send(body);
    const change = {
      status: 'appointment_set',
      notes: 'Call after six',
      assigned_agent_id: dani.agent?.code,
      appointment_at: '2031-07-20T14:30:00+01:00',
      appointment_notes: 'Ring the side bell',
    };
    const reply = await patch(change);
    expect(reply.status).toBe(200);
    expect(reply.body.lead).toMatchObject({
      ...change,
      appointment_at: '2031-07-20T13:30:00.000Z',
      assigned_agent_username: 'DaniC',
    });
    expect(await eventCount(app, 'lead.updated')).toBe(before + 1);
    await patch(change);
    expect(await eventCount(app, 'lead.updated')).toBe(before + 1);
    const cleared = await patch({ notes: '', appointment_at: null });
    expect(cleared.body.lead).toMatchObject({ notes: null, appointment_at: null, status: 'appointment_set' });
    const history = await app.http.get(`/api/leads/${ids[0]}/history`).set(as(caleb)).expect(200);
    expect(history.body.history).toHaveLength(2);
    expect(history.body.history[1]).toMatchObject({
      changed_by_kind: 'user',
      changed_by: caleb.agent?.code,
      changes: { status: { from: 'interested', to: 'appointment_set' }, notes: { from: null, to: 'Call after six' } },
    });
    for (const [body, field] of [
      [{ status: 'nonsense' }, 'status'],
      [{ status: null }, 'status'],
      [{ notes: 'x'.repeat(10_001) }, 'notes'],
      [{ assigned_agent_id: 'AGT-000' }, 'assigned_agent_id'],
      [{ appointment_at: 'soon' }, 'appointment_at'],
    ] as const) {
      const bad = await patch(body);
      expect([bad.status, Object.keys(bad.body.details as object)]).toEqual([400, [field]]);
    }
    const event = await app.database.read.one<{ data: object; audience_scope: string; audience_roles: string[] }>(
      `select * from event where name = 'lead.updated' and aggregate = $1 order by position desc limit 1`,
      [`lead:${ids[0]}`],
    );
    expect(event).toMatchObject({ data: cleared.body.lead, audience_scope: 'leads:read', audience_roles: ['agent'] });
  });

  it('leaves people their notes when the dialer only repeats its own', async () => {
    await postLead(app, { user: 'CalebG', lead_id: 'L1', notes: 'from the dialer' });
    await app.http.patch(`/api/leads/${ids[1]}`).set(as(caleb)).send({ notes: 'by hand' }).expect(200);
    expect((await postLead(app, { user: 'CalebG', lead_id: 'L1', notes: 'from the dialer' })).body.lead.notes).toBe(
      'by hand',
    );
  });

  it('promises callbacks, shows them due and overdue, moves and closes them', async () => {
    const hour = 3_600_000;
    const create = (lead: number | undefined, ms: number, actor = caleb, more = {}) =>
      app.http
        .post(`/api/leads/${lead}/callbacks`)
        .set(as(actor))
        .send({ due_at: new Date(Date.now() + ms).toISOString(), ...more });
    const made = [
      await create(ids[0], -2 * hour, caleb, { note: 'promised' }),
      await create(ids[1], -60_000),
      await create(ids[2], 2 * hour),
      await create(ids[3], 3 * hour, dani),
    ];
    expect(made.map((reply) => [reply.status, reply.body.callback.state])).toEqual([
      [201, 'overdue'],
      [201, 'due'],
      [201, 'scheduled'],
      [201, 'scheduled'],
    ]);
    const [overdue, due, scheduled, hers] = made.map((reply) => reply.body.callback.callback_id as string);
    const shown = async (query: string): Promise<string[]> => {
      const reply = await app.http.get(`/api/leads/callbacks${query}`).set(as(caleb)).expect(200);
      const now = new Date(reply.body.timestamp as string);
      for (const callback of reply.body.callbacks) {
        const status = callback.closed_at ? callback.state : 'pending';
        expect(callback.state).toBe(callbackState({ status, due_at: new Date(callback.due_at) }, now));
      }
      return (reply.body.callbacks as { callback_id: string }[]).map((callback) => callback.callback_id);
    };
    expect(await shown('')).toEqual([overdue, due, scheduled, hers]);
    expect(await shown('?state=overdue')).toEqual([overdue]);
    expect(await shown('?state=due')).toEqual([due]);
    expect(await shown('?state=scheduled')).toEqual([scheduled, hers]);
    expect(await shown('?mine=true')).toEqual([overdue, due, scheduled]);
    expect(await shown(`?agent_id=${dani.agent?.code}`)).toEqual([hers]);
    expect(await shown(`?lead_id=${ids[1]}`)).toEqual([due]);
    const first = await app.http.get('/api/leads/callbacks?limit=2').set(as(caleb));
    expect(await shown(`?limit=2&cursor=${first.body.next_cursor}`)).toEqual([scheduled, hers]);

    const patch = (id: string | undefined, body: object) =>
      app.http.patch(`/api/leads/callbacks/${id}`).set(as(caleb)).send(body);
    const done = await patch(overdue, { status: 'completed', note: 'reached' });
    expect(done.body.callback).toMatchObject({ state: 'completed', note: 'reached', closed_at: expect.any(String) });
    const moved = await patch(due, { due_at: new Date(Date.now() + hour).toISOString(), agent_id: dani.agent?.code });
    expect(moved.body.callback).toMatchObject({ state: 'scheduled', agent_id: dani.agent?.code });
    expect(await shown('?state=completed')).toEqual([overdue]);
    expect((await patch(overdue, { status: 'pending' })).body.callback).toMatchObject({
      state: 'overdue',
      closed_at: null,
    });
    expect((await patch('nonsense', { status: 'completed' })).status).toBe(404);
    expect((await patch(due, { due_at: 'later' })).body.details).toHaveProperty('due_at');
    expect((await patch(due, { due_at: null })).status).toBe(400);
    expect((await create(99_999_999, 0)).status).toBe(404);
    const told = await app.database.read.one<{ data: { callback: { callback_id: string } } }>(
      `select data from event where aggregate = $1 order by position desc limit 1`,
      [`lead:${ids[0]}`],
    );
    expect(told?.data.callback.callback_id).toBe(overdue);
  });

  it('has no callback of the dialer twice, and says so', async () => {
    const fields = { user: 'CalebG', lead_id: 'L5', dispo: 'CALLBK' };
    await postLead(app, { ...fields, callback_datetime: '2031-01-02 10:00:00' });
    const find = async (state: string) =>
      (await app.http.get(`/api/leads/callbacks?lead_id=${ids[5]}&state=${state}`).set(as(caleb))).body.callbacks;
    const [first] = await find('open');
    await app.http
      .patch(`/api/leads/callbacks/${first.callback_id}`)
      .set(as(caleb))
      .send({ status: 'completed' })
      .expect(200);
    await postLead(app, { ...fields, callback_datetime: '2031-01-02 10:00:00' });
    expect(await find('open')).toEqual([]);
    await postLead(app, { ...fields, callback_datetime: '2031-01-03 10:00:00' });
    expect(await find('open')).toHaveLength(1);
    const again = await app.http
      .patch(`/api/leads/callbacks/${first.callback_id}`)
      .set(as(caleb))
      .send({ status: 'pending' });
    expect([again.status, again.body.code]).toEqual([409, 'CALLBACK_EXISTS']);
  });

  it('forgets the person with the customer', async () => {
    const reply = await postLead(app, {
      user: 'CalebG',
      lead_id: 'gone',
      first_name: 'Forget',
      last_name: 'Mewholly',
      phone: '+447700900666',
      comments: 'secret story',
      oddity: 'Mewholly too',
    });
    await postLead(app, { user: 'CalebG', lead_id: 'gone', first_name: 'Forgetta' });
    const customers = app.nest.get(CustomersService, { strict: false });
    await customers.anonymise(anAdmin(), reply.body.lead.customer_id as string);
    const shown = await app.http.get(`/api/leads/${reply.body.lead.id}`).set(as(caleb)).expect(200);
    expect(shown.body.lead).toMatchObject({
      full_name: null,
      phone: null,
      status: 'interested',
      dialer_lead_id: 'gone',
    });
    const everything = await app.database.read.one<{ text: string }>(
      `select concat((select jsonb_agg(to_jsonb(l)) from lead l), (select jsonb_agg(to_jsonb(e)) from event e),
         (select jsonb_agg(to_jsonb(c)) from lead_change c)) as text`,
    );
    for (const word of ['Mewholly', 'Forget', 'secret story', '+447700900666'])
      expect(everything?.text).not.toContain(word);
  });
});

describe('the sample data of a new database', () => {
  it('has leads of every agent of the dialer, and callbacks, one of them overdue', async () => {
    const app = await startTestApp({ env: { SAMPLE_DATA: 'true' } });
    try {
      await app.nest.get(SampleData).createOnce();
      const auth = { Authorization: `Bearer ${app.tokenFor(anAdmin())}` };
      const leads = (await app.http.get('/api/leads?limit=200').set(auth)).body.leads as Record<string, unknown>[];
      expect(leads.length).toBeGreaterThanOrEqual(24);
      const names = new Set(leads.map((lead) => lead['assigned_agent_username']));
      for (const name of ['CalebG', 'DaniC', 'JakeR', 'LeiaG', 'LibbyL', 'ImaniU', 'Tyler'])
        expect(names).toContain(name);
      expect(new Set(leads.map((lead) => lead['status'])).size).toBeGreaterThan(10);
      const overdue = await app.http.get('/api/leads/callbacks?state=overdue').set(auth);
      expect(overdue.body.count).toBe(1);
    } finally {
      await app.close();
    }
  });
});
