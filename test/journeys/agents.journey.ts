import {
  AGENT_STATUSES,
  AgentCallFigures,
  type AgentRow,
  AgentsQueries,
  AgentsService,
  type AgentStatus,
  AgentStatuses,
} from '../../src/modules/agents';
import { Accounts } from '../../src/modules/auth';
import { systemActor, type UserActor } from '../../src/platform/access/actor';
import { SampleData } from '../../src/platform/sample-data/sample-data';
import { newId } from '../../src/platform/time/ids';
import { aKey, anAdmin, anAgent, aUser } from '../support/actors';
import fc from '../support/properties';
import { startTestApp, type TestApp } from '../support/test-app';

interface Interval {
  status: AgentStatus;
  started_at: Date;
  ended_at: Date | null;
}

describe('agents', () => {
  let app: TestApp;
  let second: TestApp;
  let admin: string;

  beforeAll(async () => {
    app = await startTestApp();
    second = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
    admin = app.tokenFor(anAdmin());
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  const send = (method: 'get' | 'post' | 'patch', path: string, token: string, body?: object) => {
    const request = app.http[method](path).set('Authorization', `Bearer ${token}`);
    return body ? request.send(body) : request;
  };
  const made = async (
    fields: object = {},
  ): Promise<{ agent_id: string; id: string; actor: UserActor; token: string }> => {
    const reply = await send('post', '/api/agents', admin, { name: 'Test Agent', ...fields });
    expect(reply.status).toBe(201);
    const { agent_id, id, departments, is_supervisor } = reply.body.agent;
    const actor = anAgent({ id, code: agent_id, departments, isSupervisor: is_supervisor });
    return { agent_id, id, actor, token: app.tokenFor(actor) };
  };
  const system = (id: string, to: AgentStatus, more: object = {}, on = app): Promise<AgentRow> =>
    on.database.transaction(async (tx) => {
      const statuses = on.nest.get(AgentStatuses);
      const [agent] = await statuses.lock(tx, [id]);
      return statuses.change(tx, agent as AgentRow, to, { actor: systemActor('test'), ...more });
    });
  const intervals = (id: string): Promise<Interval[]> =>
    app.database.read.rows(
      'select status, started_at, ended_at from agent_status_interval where agent_id = $1 order by started_at, id',
      [id],
    );
  const expectWholeHistory = async (id: string): Promise<void> => {
    const rows = await intervals(id);
    expect(rows.filter((row) => row.ended_at === null)).toHaveLength(1);
    for (const [n, row] of rows.entries()) {
      const next = rows[n + 1];
      expect(row.ended_at?.getTime() ?? null).toBe(next ? next.started_at.getTime() : null);
    }
    const agent = await app.database.read.one<AgentRow>('select * from agent where id = $1', [id]);
    expect(agent).toMatchObject({ status: rows.at(-1)?.status, status_since: rows.at(-1)?.started_at });
  };
  const events = (id: string): Promise<{ data: Record<string, unknown> }[]> =>
    app.database.read.rows('select data from event where aggregate = $1 order by position', [`agent:${id}`]);

  it('sets a status as the documents say, by query or body, with and without a slash', async () => {
    const { agent_id, id, token } = await made({ departments: ['Sales'] });
    const busy = await send('patch', `/api/agents/${agent_id}/status?status=busy`, token);
    expect(busy.status).toBe(200);
    expect(busy.body).toMatchObject({
      success: true,
      status: 'busy',
      pending_status: null,
      agent: { agent_id, status: 'busy', department: 'sales' },
      timestamp: expect.stringMatching(/Z$/),
    });
    const own = await send('post', '/api/agents/status/', token, { status: 'away', reason: 'lunch' });
    expect(own.body).toMatchObject({ status: 'on_break', agent: { status_reason: 'lunch' } });
    expect((await send('post', '/api/agents/status', token, { status: 'on-break' })).body.status).toBe('on_break');
    await send('patch', `/api/agents/${agent_id.toLowerCase()}/status/`, token, { status: 'available' });
    expect((await events(id)).map((event) => event.data)).toEqual([
      { agent_id, status: 'busy', previous_status: 'offline', reason: null },
      { agent_id, status: 'on_break', previous_status: 'busy', reason: 'lunch' },
      { agent_id, status: 'available', previous_status: 'on_break', reason: null },
    ]);
    await expectWholeHistory(id);
    for (const status of ['on_call', 'offered', 'wrap_up']) {
      const refused = await send('patch', `/api/agents/${agent_id}/status`, token, { status });
      expect([refused.status, refused.body.code]).toEqual([409, 'STATUS_IS_SYSTEMS']);
    }
    for (const body of [{}, { status: 'asleep' }, { status: 5 }, { status: ['busy'] }, { status: '__proto__' }]) {
      const refused = await send('patch', `/api/agents/${agent_id}/status`, token, body);
      expect([refused.status, Object.keys(refused.body.details)]).toEqual([400, ['status']]);
    }
    expect((await send('patch', '/api/agents/AGT-9999/status?status=busy', admin)).status).toBe(404);
  });

  it('takes a break after the call, and drops the wish when told', async () => {
    const { agent_id, id, token } = await made();
    const ask = (status: string) => send('post', '/api/agents/status', token, { status, reason: 'tea' });
    await ask('available');
    await system(id, 'offered');
    await system(id, 'on_call');
    const kept = await ask('break');
    expect(kept.body).toMatchObject({ status: 'on_call', pending_status: 'on_break' });
    expect((await ask('available')).body).toMatchObject({ status: 'on_call', pending_status: null });
    await ask('on_break');
    await system(id, 'wrap_up');
    const after = await system(id, 'available');
    expect(after).toMatchObject({ status: 'on_break', status_reason: 'tea', pending_status: null, idle_since: null });
    expect((await intervals(id)).map((row) => row.status)).toEqual([
      'offline',
      'available',
      'offered',
      'on_call',
      'wrap_up',
      'on_break',
    ]);
    await ask('available');
    await system(id, 'on_call');
    await system(id, 'wrap_up');
    await ask('busy');
    expect((await ask('available')).body).toMatchObject({
      status: 'available',
      pending_status: null,
      agent: { agent_id },
    });
    await expectWholeHistory(id);
  });

  it('keeps the place of an agent whose offer was withdrawn, and begins anew otherwise', async () => {
    const { id, token } = await made();
    await send('post', '/api/agents/status', token, { status: 'available' });
    const since = (await system(id, 'offered')).idle_since?.getTime();
    expect(since).toBeDefined();
    expect((await system(id, 'available', { keepIdleSince: true })).idle_since?.getTime()).toBe(since);
    await system(id, 'on_call');
    await expect(system(id, 'offline').then(() => system(id, 'wrap_up'))).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      extra: { allowed: expect.arrayContaining(['available']) },
    });
    await expectWholeHistory(id);
  });

  it('keeps one whole history while two processes and the agent himself race', async () => {
    const { id, token } = await made();
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => {
        const to = AGENT_STATUSES[n % AGENT_STATUSES.length] as AgentStatus;
        if (n % 3 === 0) return send('post', '/api/agents/status', token, { status: to, reason: `${n}` });
        return system(id, to, {}, n % 2 ? app : second).catch((error: { code: string }) =>
          expect(error.code).toBe('ILLEGAL_TRANSITION'),
        );
      }),
    );
    await expectWholeHistory(id);
    const told = await events(id);
    expect(told).toHaveLength((await intervals(id)).length - 1);
    for (const [n, event] of told.entries()) {
      expect(event.data.previous_status).toBe(n ? told[n - 1]?.data.status : 'offline');
    }
  });

  it('locks several agents in one order, so that nobody waits in a circle', async () => {
    const ids = [(await made()).id, (await made()).id, (await made()).id];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? app : second).database.transaction(async (tx) => {
          const rows = await (n % 2 ? app : second).nest.get(AgentStatuses).lock(tx, n % 3 ? ids : [...ids].reverse());
          expect(rows.map((row) => row.id)).toEqual([...ids].sort());
        }),
      ),
    );
  });

  it('has the database refuse a second open interval and one that overlaps', async () => {
    const { id } = await made();
    const insert = (from: string, to: string | null): Promise<unknown> =>
      app.database.transaction((tx) =>
        tx.rows(
          `insert into agent_status_interval (id, agent_id, status, started_at, ended_at, changed_by)
           values ($1, $2, 'busy', now() + $3::interval, now() + $4::interval, '{}')`,
          [newId(), id, from, to],
        ),
      );
    await expect(insert('-1 day', null)).rejects.toThrow(/agent_status_interval_(open|apart)/);
    await insert('-2 days', '-1 day');
    await expect(insert('-36 hours', '-30 hours')).rejects.toThrow(/agent_status_interval_apart/);
  });

  it('lets the agent, his supervisor, an admin and a service set a status and read the history, nobody else', async () => {
    const { agent_id, id } = await made({ departments: ['sales', 'complaints'] });
    const boss = (departments: string[], isSupervisor = true): string =>
      app.tokenFor(anAgent({ departments, isSupervisor }));
    const who: [string, number][] = [
      [boss(['sales']), 200],
      [boss([]), 200],
      [boss(['reception']), 403],
      [boss(['sales'], false), 403],
      [admin, 200],
      [app.tokenFor(aKey('agents:write', 'agents:read')), 200],
      [app.tokenFor(aKey('customers:read')), 403],
      [app.tokenFor(aUser()), 403],
    ];
    for (const [token, status] of who) {
      const set = await send('patch', `/api/agents/${agent_id}/status`, token, { status: 'busy', reason: newId() });
      expect(set.status).toBe(status);
      expect((await send('get', `/api/agents/${agent_id}/status-history`, token)).status).toBe(status);
    }
    const history = await send('get', `/api/agents/${agent_id}/status-history?limit=3`, admin);
    expect(history.body).toMatchObject({ success: true, agent_id, count: 3 });
    expect(history.body.history[0]).toMatchObject({ status: 'busy', to: null, changed_by: { kind: 'api_key' } });
    const rest = await send('get', `/api/agents/${agent_id}/status-history?cursor=${history.body.next_cursor}`, admin);
    expect(rest.body.count + 3).toBe((await intervals(id)).length);
    expect(rest.body.next_cursor).toBeNull();
  });

  it('lists by status, department and search, page by page', async () => {
    const list = async (query: string): Promise<string[]> => {
      const reply = await send('get', `/api/agents?limit=200&${query}`, admin);
      expect(reply.status).toBe(200);
      return reply.body.agents.map((agent: { agent_id: string }) => agent.agent_id);
    };
    const one = await made({
      name: 'Søren Überall',
      departments: ['night-desk'],
      skills: [{ skill: 'Danish', level: 5 }],
    });
    const all = await made({ name: 'Everywhere', departments: [] });
    await send('patch', `/api/agents/${one.agent_id}/status?status=available`, admin);
    expect(await list('search=überall')).toEqual([one.agent_id]);
    const ready = await list('department=night-desk&status=available');
    expect(ready).toContain(one.agent_id);
    expect(ready).not.toContain(all.agent_id);
    expect(await list('department=night-desk')).toEqual(expect.arrayContaining([one.agent_id, all.agent_id]));
    expect(await list('department=nowhere&search=Test%20Agent')).not.toContain(one.agent_id);
    const shown = await send('get', `/api/agents/${one.agent_id}`, one.token);
    expect(shown.body.agent.skills).toEqual([{ skill: 'danish', level: 5 }]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await send('get', `/api/agents?limit=2${cursor ? `&cursor=${cursor}` : ''}`, admin);
      seen.push(...page.body.agents.map((agent: { agent_id: string }) => agent.agent_id));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen).toEqual(await list(''));
    await send('patch', `/api/agents/${all.agent_id}`, admin, { is_active: false });
    expect(await list('')).not.toContain(all.agent_id);
    expect(await list('is_active=false')).toEqual([all.agent_id]);
    for (const query of [
      'status=asleep',
      'cursor=x',
      'cursor=WyJ4Il0',
      'department=a%20b',
      'is_active=maybe',
      'search=%00',
    ]) {
      expect((await send('get', `/api/agents?${query}`, admin)).status).toBe(400);
    }
  });

  it('shows and changes one’s own profile, and only what is one’s own to change', async () => {
    const { agent_id, id, token } = await made({ name: 'Sara', email: 'sara@example.org', departments: ['sales'] });
    const bare = await send('get', '/api/agents/profile/', token);
    expect(bare.body).toMatchObject({
      success: true,
      employee_id: agent_id,
      user: { name: 'Sara', email: 'sara@example.org' },
      department: 'sales',
      performance: { total_calls: 0, customer_satisfaction: null },
      today_performance: null,
      recent_calls: [],
      ai_settings: { use_ai_assistance: true, ai_confidence_threshold: 0.8, preferred_ai_model: 'homeai-standard' },
    });
    const changed = await send('patch', '/api/agents/profile', token, {
      languages: ['ar', 'en'],
      working_hours: { monday: ['09:00', '17:00'] },
      ai_confidence_threshold: 0.5,
      use_ai_assistance: false,
      departments: ['complaints'],
      is_supervisor: true,
      status: 'available',
      max_concurrent_calls: 20,
    });
    expect(changed.body).toMatchObject({
      languages: ['ar', 'en'],
      working_hours: { monday: ['09:00', '17:00'] },
      ai_settings: { use_ai_assistance: false, ai_confidence_threshold: 0.5 },
      departments: ['sales'],
      status: 'offline',
    });
    app.nest.get(AgentCallFigures).use({
      figuresOf: async (_reader, agentId) => ({
        performance: null,
        today_performance: { calls: 3, completed: 2, avg_talk_time: 1.5, satisfaction: null },
        recent_calls: [{ agent: agentId }],
      }),
    });
    const figures = await send('get', '/api/agents/profile', token);
    expect(figures.body).toMatchObject({ today_performance: { calls: 3 }, recent_calls: [{ agent: id }] });
    expect((await send('get', '/api/agents/profile', admin)).body.code).toBe('AGENT_PROFILE_NOT_FOUND');
    const bad: [object, string][] = [
      [{ ai_confidence_threshold: 1.5 }, 'ai_confidence_threshold'],
      [{ ai_confidence_threshold: 'x' }, 'ai_confidence_threshold'],
      [{ languages: [''] }, 'languages'],
      [{ languages: [5] }, 'languages'],
      [{ working_hours: 'always' }, 'working_hours'],
      [{ working_hours: { a: '\ud800' } }, 'working_hours'],
      [{ working_hours: { a: 'x'.repeat(5001) } }, 'working_hours'],
      [{ preferred_ai_model: '' }, 'preferred_ai_model'],
    ];
    for (const [body, field] of bad) {
      const refused = await send('patch', '/api/agents/profile', token, body);
      expect([refused.status, Object.keys(refused.body.details)]).toEqual([400, [expect.stringContaining(field)]]);
    }
    const nulls = { languages: null, working_hours: null, use_ai_assistance: null, preferred_ai_model: null };
    expect((await send('patch', '/api/agents/profile', token, nulls)).body.languages).toEqual(['ar', 'en']);
  });

  it('changes an agent as an admin asks, and disables one after his call', async () => {
    const { agent_id, id, token } = await made({ dialer_user_id: 'FirstD' });
    const other = await made();
    const patch = (body: object, who = admin) => send('patch', `/api/agents/${agent_id}`, who, body);
    expect((await patch({ team: 'x' }, token)).status).toBe(403);
    const changed = await patch({
      departments: 'sales, Complaints',
      max_concurrent_calls: 3,
      is_supervisor: true,
      skills: [{ skill: 'solar', level: 2 }],
      hired_date: '2024-02-29',
    });
    expect(changed.body.agent).toMatchObject({
      departments: ['sales', 'complaints'],
      max_concurrent_calls: 3,
      is_supervisor: true,
      skills: [{ skill: 'solar', level: 2 }],
      hired_date: '2024-02-29',
    });
    const taken = await send('patch', `/api/agents/${other.agent_id}`, admin, { dialer_user_id: 'firstd' });
    expect([taken.status, taken.body.code]).toEqual([409, 'AGENT_EXISTS']);
    const bad: object[] = [
      { max_concurrent_calls: 0 },
      { max_concurrent_calls: 21 },
      { max_concurrent_calls: 1.5 },
      { departments: ['a b'] },
      { departments: ['sales', 'Sales'] },
      { skills: [{ skill: 'x', level: 6 }] },
      { skills: [null] },
      {
        skills: [
          { skill: 'x', level: 1 },
          { skill: 'X', level: 2 },
        ],
      },
      { skill_level: 'wizard' },
      { hired_date: '2023-02-29' },
      { hired_date: '0000-01-01' },
      { owner_user_id: 'me' },
      { name: '' },
    ];
    for (const body of bad) expect([body, (await patch(body)).status]).toEqual([body, 400]);
    expect((await patch({ owner_user_id: newId() })).body.code).toBe('USER_NOT_FOUND');
    const nulls = { name: null, departments: null, skills: null, is_active: null, skill_level: null };
    expect((await patch(nulls)).body.agent).toMatchObject({ departments: ['sales', 'complaints'], is_active: true });
    await send('post', '/api/agents/status', token, { status: 'available' });
    await system(id, 'on_call');
    const disabled = await patch({ is_active: false });
    expect(disabled.body.agent).toMatchObject({ status: 'on_call', pending_status: 'offline', is_active: false });
    expect((await system(id, 'available')).status).toBe('offline');
    const back = await send('post', '/api/agents/status', token, { status: 'available' });
    expect([back.status, back.body.code]).toEqual([409, 'AGENT_INACTIVE']);
    expect((await send('post', '/api/agents', admin, { email: 'no@name.org' })).body.details).toHaveProperty('name');
  });

  it('notes a sign of life', async () => {
    const { id, token } = await made();
    const beat = await send('post', '/api/agents/heartbeat', token);
    expect(beat.body).toMatchObject({ success: true, status: 'offline', last_seen_at: expect.stringMatching(/Z$/) });
    const [row] = await app.database.read.rows<{ seen: boolean }>(
      `select last_seen_at > now() - interval '1 minute' as seen from agent where id = $1`,
      [id],
    );
    expect(row).toEqual({ seen: true });
    expect((await send('post', '/api/agents/heartbeat', admin)).status).toBe(404);
  });

  it('finds the agent a dialer means', async () => {
    const find = async (named: object): Promise<string | undefined> =>
      (await app.nest.get(AgentsQueries).findForDialer(named))?.code;
    const caleb = await made({ name: 'Caleb', dialer_user_id: 'CalebX', email: 'caleb.x@example.org' });
    const dani = await made({ name: 'Dani', email: 'danix@example.org' });
    const twin = [await made({ email: 'twin@a.example.org' }), await made({ email: 'twin@b.example.org' })];
    const shadow = await made({ email: 'calebx@example.org' });
    expect(await find({ dialer_user_id: 'CalebX' })).toBe(caleb.agent_id);
    expect(await find({ dialer_user_id: ' calebx ' })).toBe(caleb.agent_id);
    expect(await find({ user: 'CalebX' })).toBe(caleb.agent_id);
    expect(await find({ user: 'caleb.x' })).toBe(caleb.agent_id);
    expect(await find({ dialer_user_id: 'CalebX', user: 'danix' })).toBe(caleb.agent_id);
    expect(await find({ dialer_user_id: 'nobody', user: 'DaniX' })).toBe(dani.agent_id);
    expect(await find({ dialer_user_id: 'danix' })).toBeUndefined();
    expect(await find({ user: 'twin' })).toBeUndefined();
    for (const named of [
      {},
      { user: '' },
      { user: null },
      { user: '\0' },
      { user: '%' },
      { dialer_user_id: "' or 1=1" },
    ]) {
      expect(await find(named)).toBeUndefined();
    }
    await send('patch', `/api/agents/${caleb.agent_id}`, admin, { is_active: false });
    expect(await find({ dialer_user_id: 'CalebX' })).toBeUndefined();
    expect(await find({ user: 'CalebX' })).toBe(shadow.agent_id);
    expect(twin).toHaveLength(2);
  });

  it('gives an account that becomes an agent its profile in the same transaction, once', async () => {
    const account = (email: string, extra: object = {}, fail = false) =>
      app.database.transaction(async (tx) => {
        const user = await app.nest
          .get(Accounts)
          .create(
            tx,
            anAdmin(),
            { email, password_hash: 'x', role: 'agent', first_name: 'New', last_name: 'Agent' },
            { ...extra },
          );
        if (fail) throw new Error('rolled back');
        return user;
      });
    const user = await account('new.agent@example.org', { department: 'Sales' });
    const profile = await app.nest.get(AgentsQueries).profileOf(user.id);
    expect(profile).toMatchObject({
      code: expect.stringMatching(/^AGT-\d{3,}$/),
      departments: ['sales'],
      isSupervisor: false,
    });
    await expectWholeHistory(profile!.id);
    await expect(account('rolled.back@example.org', {}, true)).rejects.toThrow('rolled back');
    const known = await made({ email: 'known@example.org', departments: ['complaints'] });
    const linked = await account('Known@Example.org');
    expect(await app.nest.get(AgentsQueries).profileOf(linked.id)).toMatchObject({
      id: known.id,
      departments: ['complaints'],
    });
    const [count] = await app.database.read.rows<{ n: number }>(
      `select count(*)::int as n from agent where email ilike 'rolled.back@%'`,
    );
    expect(count).toEqual({ n: 0 });
  });

  it('follows its account: disabled with it, enabled with it, and renamed with it', async () => {
    const user = await app.database.transaction((tx) =>
      app.nest.get(Accounts).create(tx, anAdmin(), {
        email: 'follows@example.org',
        password_hash: 'x',
        role: 'agent',
        first_name: 'First',
        last_name: 'Name',
      }),
    );
    const row = () =>
      app.database.read.one<AgentRow>('select id, name, is_active, status from agent where user_id = $1', [user.id]);
    const account = (patch: object) => send('patch', `/api/auth/users/${user.id}`, admin, patch).expect(200);
    const agent = (await row())!;
    await system(agent.id, 'available');
    await account({ first_name: 'Other' });
    expect(await row()).toMatchObject({ name: 'Other Name', status: 'available' });
    // who cannot sign in must not be offered calls
    await account({ is_active: false });
    expect(await row()).toMatchObject({ is_active: false, status: 'offline' });
    await account({ is_active: true });
    expect(await row()).toMatchObject({ is_active: true, status: 'offline' });
    // as a subscriber he is no agent, and enabling the subscriber does not change that
    await account({ role: 'user' });
    await account({ is_active: false });
    await account({ is_active: true });
    expect(await row()).toMatchObject({ is_active: false });
    // nor does a role make an agent of an account that is disabled
    await account({ is_active: false });
    await account({ role: 'agent' });
    expect(await row()).toMatchObject({ is_active: false });
    await account({ is_active: true });
    await app.database.transaction((tx) => tx.rows(`update agent set name = 'Nick' where id = $1`, [agent.id]));
    await account({ last_name: 'Again' });
    expect(await row()).toMatchObject({ name: 'Nick', is_active: true });
  });

  it('never leaves the tables of changes, whatever is done in whatever order', async () => {
    const step = fc.record({
      by: fc.constantFrom('hand', 'system' as const),
      to: fc.constantFrom(...AGENT_STATUSES),
      keepIdleSince: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const agent = await app.nest.get(AgentsService).create(anAdmin(), { name: 'Walker' });
        const actor = anAgent({ id: agent.id, code: agent.code });
        for (const { by, to, keepIdleSince } of steps) {
          const done =
            by === 'hand'
              ? app.nest.get(AgentsService).setOwnStatus(actor, { status: to })
              : system(agent.id, to, { keepIdleSince });
          const row = await done.catch((error: { code: string }) => {
            expect(['ILLEGAL_TRANSITION', 'STATUS_IS_SYSTEMS']).toContain(error.code);
            return undefined;
          });
          if (!row) continue;
          expect(row.idle_since !== null).toBe(
            row.status === 'available' || (row.status === 'offered' && row.idle_since !== null),
          );
          if (row.pending_status) expect(['offered', 'on_call', 'wrap_up']).toContain(row.status);
        }
        await expectWholeHistory(agent.id);
      }),
      { numRuns: 25 },
    );
  });
});

describe('sample data', () => {
  it('has the agents, accounts and customers of the documents', async () => {
    const app = await startTestApp({ env: { SAMPLE_DATA: 'true' } });
    try {
      await app.nest.get(SampleData).createOnce();
      const token = app.tokenFor(anAdmin());
      const reply = await app.http.get('/api/agents').set('Authorization', `Bearer ${token}`);
      const agents = reply.body.agents as { agent_id: string; name: string; dialer_user_id: string; user_id: string }[];
      expect(agents.slice(0, 3).map((agent) => agent.agent_id)).toEqual(['AGT-001', 'AGT-002', 'AGT-003']);
      expect(agents.every((agent) => agent.user_id)).toBe(true);
      const caleb = await app.nest.get(AgentsQueries).findForDialer({ dialer_user_id: 'CalebG' });
      expect(caleb?.name).toBe('Caleb Galloway');
      expect(agents.filter((agent) => agent.dialer_user_id)).toHaveLength(7);
      const customer = await app.http.get('/api/customers/CUST-001').set('Authorization', `Bearer ${token}`);
      expect(customer.body.customer.phone_e164).toBe('+966501234567');
    } finally {
      await app.close();
    }
  });
});
