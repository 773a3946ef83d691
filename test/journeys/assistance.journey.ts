import { HomeAiServer } from '../../sandbox/homeai/homeai-server';
import { anAdmin, anAgent, aUser } from '../support/actors';
import { caller, type FloorAgent, hire } from '../support/call-floor';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const CARD = '4111 1111 1111 1111';

interface Owed {
  call_id: string;
  message_sequence: number;
}

describe('the assistance', () => {
  const homeAi = new HomeAiServer('test-key');
  let app: TestApp;
  let withHomeAi: TestApp;
  let admin: ReturnType<typeof caller>;
  let agent: FloorAgent;
  let desk: ReturnType<typeof caller>;

  beforeAll(async () => {
    app = await startTestApp();
    withHomeAi = await startTestApp({
      env: { HOMEAI_API_URL: await homeAi.listen(), HOMEAI_API_KEY: 'test-key', HOMEAI_MODEL: 'small' },
      databaseUrl: app.databaseUrl,
      dataDir: app.dataDir,
    });
    admin = caller(app, app.tokenFor(anAdmin()));
    agent = await hire(app, 'AGT-301', { departments: ['sales'], status: 'busy' });
    desk = caller(app, agent.token);
    await admin.post(
      '/api/knowledge',
      {
        title: 'When a refund arrives',
        body: 'A refund is released within three working days. Open a ticket for finance after fourteen days.',
        language: 'en',
        topic: 'refund',
      },
      201,
    );
  });
  afterAll(async () => {
    await withHomeAi.close();
    await app.close();
    await homeAi.close();
  });

  let number = 0;
  /** A call of the agent, in progress. */
  async function aCall(department = 'sales'): Promise<string> {
    number += 1;
    const { call_id: id } = await admin.post(
      '/api/calls',
      { phone_number: `+96650222${1000 + number}`, department },
      201,
    );
    return id as string;
  }
  const give = (id: string): Promise<unknown> =>
    app.database.transaction((tx) => tx.rows('update call set assigned_agent_id = $2 where code = $1', [id, agent.id]));
  const stored = (id: string): Promise<Record<string, string> | undefined> =>
    app.database.read.one('select * from assistance_suggestion where id = $1', [id]);

  it('answers with its sources, from the query as from the body, and stores nothing that is masked', async () => {
    const id = await aCall();
    await admin.post(
      `/api/transcripts/${id}/messages`,
      { speaker: 'customer', content: `My refund has not arrived, I am disappointed. Card ${CARD}` },
      201,
    );
    const answer = await desk.post('/api/calls/ai-assistance/', {
      call_id: id,
      message: `When does the refund come to ${CARD}?`,
      context: { iban: 'GB33 BUKB 2020 1555 5555 55' },
    });
    expect(answer).toMatchObject({
      success: true,
      call_id: id,
      ai_response: {
        suggestion: expect.stringContaining('A refund is released within three working days.'),
        intent: 'refund',
        sentiment: 'negative',
        urgency: 'medium',
        provider: 'local',
        sources: expect.arrayContaining([{ type: 'article', id: 'KB-001', title: 'When a refund arrives' }]),
      },
      timestamp: expect.stringMatching(/Z$/),
    });
    expect(answer.ai_response.confidence).toBeGreaterThanOrEqual(0.8);
    const row = (await stored(answer.ai_response.suggestion_id)) as Record<string, string>;
    expect(JSON.stringify(row)).not.toMatch(/1111 ?1111|BUKB/);
    expect(row.message).toBe('When does the refund come to [card number]?');
    expect(row.agent_id).toBe(agent.id);
    const query = new URLSearchParams({ call_id: id.toLowerCase(), message: 'refund?' });
    expect((await desk.post(`/api/calls/ai-assistance?${query}`, undefined as never)).ai_response.intent).toBe(
      'refund',
    );
  });

  it('is for those who may see the call, and refuses what is no question', async () => {
    const id = await aCall('complaints');
    await desk.post('/api/calls/ai-assistance', { call_id: id, message: 'hello' }, 404);
    await desk.post('/api/calls/ai-assistance', { call_id: 'CALL-00000000', message: 'hello' }, 404);
    await caller(app, app.tokenFor(aUser())).post('/api/calls/ai-assistance', { call_id: id, message: 'x' }, 404);
    const { details } = await desk.post('/api/calls/ai-assistance', {}, 400);
    expect(Object.keys(details).sort()).toEqual(['call_id', 'message']);
    await desk.post('/api/calls/ai-assistance', { call_id: id, message: 'x'.repeat(10_001) }, 400);
    await desk.post('/api/calls/ai-assistance', { call_id: ['x'], message: { __proto__: null } }, 400);
  });

  it('shows a subscriber his own and nothing of the house', async () => {
    const user = aUser();
    const id = await aCall();
    await app.database.transaction(async (tx) => {
      await tx.rows(
        `insert into user_account (id, email, password_hash, role) values ($1, 'sub@example.com', 'none', 'user')`,
        [user.id],
      );
      await tx.rows('update call set owner_user_id = $2 where code = $1', [id, user.id]);
    });
    const { ai_response: answer } = await caller(app, app.tokenFor(user)).post('/api/calls/ai-assistance', {
      call_id: id,
      message: 'When does my refund arrive?',
    });
    expect(answer.sources).toEqual([]);
    expect(answer.suggestion).not.toContain('three working days');
  });

  it('records what became of a suggestion once, also when two say it at once', async () => {
    const id = await aCall();
    const ask = async (): Promise<string> =>
      (await desk.post('/api/calls/ai-assistance', { call_id: id, message: 'refund' })).ai_response.suggestion_id;
    const path = `/api/calls/ai-assistance/${await ask()}/feedback`;
    expect(await desk.post(path, { outcome: 'EDITED', text: `Said it goes to ${CARD}` })).toMatchObject({
      outcome: 'edited',
      text: 'Said it goes to [card number]',
    });
    await desk.post(path, { outcome: 'edited', text: `Said it goes to ${CARD}` });
    expect((await desk.post(path, { outcome: 'rejected' }, 409)).outcome).toBe('edited');
    await desk.post(path, { outcome: 'ignored' }, 400);
    await desk.post('/api/calls/ai-assistance/x/feedback', { outcome: 'accepted' }, 404);
    await caller(app, app.tokenFor(anAgent({ departments: ['complaints'] }))).post(path, { outcome: 'edited' }, 404);
    const raced = `/api/calls/ai-assistance/${await ask()}/feedback`;
    const answers = await Promise.allSettled(
      ['accepted', 'rejected', 'accepted', 'edited'].map((outcome) => desk.post(raced, { outcome })),
    );
    const won = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.outcome] : []));
    expect(new Set(won).size).toBe(1);
  });

  it('asks HomeAI with masked texts only, and takes its answer over checked', async () => {
    homeAi.fault = 'markup';
    const id = await aCall();
    for (const content of ['my card is 4111 1111', '1111 1111', 'and my refund has not come'])
      await admin.post(`/api/transcripts/${id}/messages`, { speaker: 'customer', content }, 201);
    const { ai_response: answer } = await caller(withHomeAi, agent.token).post('/api/calls/ai-assistance', {
      call_id: id,
      message: 'where is my refund? id 1000000008',
    });
    expect(answer).toMatchObject({ provider: 'homeai', confidence: 0.8, sources: [{ id: 'KB-001' }] });
    expect(answer.suggestion).toBe('alert(1)x A refund is released within three working days.');
    const sent = homeAi.requests.at(-1);
    expect(sent?.model).toBe('small');
    expect(JSON.stringify(sent)).toContain('[card number]');
    expect(JSON.stringify(sent)).not.toMatch(/1111 ?1111|1000000008|\+96650/);
  });

  it('cuts texts between characters, not within one', async () => {
    const id = await aCall();
    for (const content of [`refund ${'😀'.repeat(100)}`, 'yes'])
      await admin.post(`/api/transcripts/${id}/messages`, { speaker: 'customer', content }, 201);
    const message = `ok <b>'"\\ ${'😀'.repeat(200)}`;
    const { ai_response: answer } = await desk.post('/api/calls/ai-assistance', {
      call_id: id,
      message,
    });
    expect(answer.sources).toContainEqual(expect.objectContaining({ type: 'transcript', id }));
    expect(answer.suggestion.isWellFormed()).toBe(true);
  });

  it('falls back within its budget, says why, and leaves a dead provider alone', async () => {
    const id = await aCall();
    const ask = async (): Promise<{ provider: string; ms: number }> => {
      const start = performance.now();
      const { ai_response: answer } = await caller(withHomeAi, agent.token).post('/api/calls/ai-assistance', {
        call_id: id,
        message: 'refund please',
      });
      expect(answer.suggestion).toContain('KB-001');
      return { provider: answer.provider, ms: performance.now() - start };
    };
    for (const [fault, words] of [
      ['nonsense', 'local (homeai answered nonsense)'],
      ['not-json', 'local (homeai answered nonsense)'],
      ['none', 'homeai'],
      ['huge', 'local (homeai answered nonsense)'],
      ['broken', 'local (homeai answered 500)'],
      ['none', 'homeai'],
      ['slow', 'local (homeai timed out)'],
      ['drip', 'local (homeai timed out)'],
    ] as const) {
      homeAi.fault = fault;
      if (words === 'homeai') {
        expect(
          (await caller(withHomeAi, agent.token).post('/api/calls/ai-assistance', { call_id: id, message: 'x' }))
            .ai_response.provider,
        ).toBe('homeai');
      } else {
        const { provider, ms } = await ask();
        expect({ fault, provider }).toEqual({ fault, provider: words });
        expect(ms).toBeLessThan(8_000);
      }
    }
    homeAi.fault = 'broken';
    await ask();
    const asked = homeAi.requests.length;
    homeAi.fault = 'slow';
    const { provider, ms } = await ask();
    expect(provider).toBe('local (homeai resting after failures)');
    expect(ms).toBeLessThan(8_000);
    expect(homeAi.requests).toHaveLength(asked);
  }, 90_000);

  it('tells the agent alone when a customer speaks, once for what was said, and not when he switched it off', async () => {
    const id = await aCall();
    await give(id);
    const say = (content: string, speaker = 'customer'): Promise<unknown> =>
      admin.post(`/api/transcripts/${id}/messages`, { speaker, content }, 201);
    await say('Hello, where is my refund?');
    const told = (): Promise<{ data: Record<string, unknown>; audience_users: string[]; audience_scope: string }[]> =>
      app.database.read.rows(
        `select data, audience_users, audience_scope, audience_roles, audience_departments from event
          where name = 'call.suggestion' and data->>'call_id' = $1 order by position`,
        [id],
      );
    const [first] = await waitFor('the suggestion', async () => {
      const events = await told();
      return events.length > 0 && events;
    });
    expect(first).toMatchObject({
      audience_users: [agent.userId],
      audience_roles: [],
      audience_departments: [],
      data: { call_id: id, message_sequence: 1, intent: 'refund', meets_threshold: true },
    });
    const heardBy = async (who: ReturnType<typeof caller>): Promise<string[]> =>
      (await who.get('/api/events?after=0&limit=200')).events.map((event: { type: string }) => event.type);
    await waitFor('the agent to hear of it', async () => (await heardBy(desk)).includes('call:suggestion'));
    const other = caller(app, app.tokenFor(anAgent({ departments: ['sales'] })));
    const heard = await heardBy(other);
    expect(heard).toContain('message:new');
    expect(heard).not.toContain('call:suggestion');

    await Promise.all(['one', 'two', 'three refund', 'four'].map((words) => say(words)));
    await say('an agent says this', 'agent');
    await waitFor('nothing is owed', async () => {
      const owed = await app.database.read.rows<Owed>('select * from assistance_owed');
      const newest = (await told()).at(-1)?.data.message_sequence;
      return owed.length === 0 && newest === 5;
    });
    const sequences = (await told()).map((event) => event.data.message_sequence);
    expect(new Set(sequences).size).toBe(sequences.length);

    const before = sequences.length;
    await desk.patch('/api/agents/profile', { use_ai_assistance: false });
    await say('is anybody there about my refund');
    await waitFor('the message is numbered', async () =>
      app.database.read.one(
        `select 1 from event where name = 'transcript.message' and seq is not null and data->>'content' like 'is anybody%'`,
      ),
    );
    expect(await app.database.read.rows('select 1 from assistance_owed')).toEqual([]);
    expect(await told()).toHaveLength(before);
    await desk.patch('/api/agents/profile', { use_ai_assistance: true });
  });

  it('forgets what was said when a customer is forgotten', async () => {
    const id = await aCall();
    const { ai_response: answer } = await desk.post('/api/calls/ai-assistance', { call_id: id, message: 'my secret' });
    const { call } = await admin.get(`/api/calls/${id}`);
    await admin.post(`/api/calls/${id}/end`);
    await admin.post(`/api/customers/${call.customer_id}/anonymise`);
    expect(await stored(answer.suggestion_id)).toMatchObject({ message: '(removed)', suggestion: '(removed)' });
  });
});
