import { DtechGateway } from '../../sandbox/dtech/dtech-gateway';
import { CustomerErasure } from '../../src/modules/customers';
import { FollowProcesses } from '../../src/modules/dtech/processes/follow-processes';
import { SalesService } from '../../src/modules/dtech/processes/sales.service';
import { SampleData } from '../../src/platform/sample-data/sample-data';
import { anAdmin, anAgent, aKey, aUser } from '../support/actors';
import { ACCOUNT, aSale, realm, sellingThrough } from '../support/dtech';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('selling through the gateway', () => {
  let gateway: DtechGateway;
  let app: TestApp;
  const agent = anAgent({ code: 'AGT-901' });
  const admin = anAdmin();

  beforeAll(async () => {
    gateway = new DtechGateway(realm, ACCOUNT, 'token-1');
    app = await startTestApp({
      env: { DIFFERENT_API_TEST: await gateway.listen(), DIFFERENT_ACCOUNT_ID: ACCOUNT },
    });
  });
  afterEach(() => {
    gateway.faults = [];
  });
  afterAll(async () => {
    await app.close();
    await gateway.close();
  });

  const post = (path: string, body: object, actor: Parameters<TestApp['tokenFor']>[0] = agent) =>
    app.http
      .post(`/api/v1/sales/${path}`)
      .set('Authorization', `Bearer ${app.tokenFor(actor)}`)
      .send(body);
  const get = (path: string, actor: Parameters<TestApp['tokenFor']>[0] = agent) =>
    app.http.get(`/api/v1/sales${path}`).set('Authorization', `Bearer ${app.tokenFor(actor)}`);
  const rows = () =>
    app.database.read.rows<{ status: string; failure: string | null; sales_process_id: string | null; id: string }>(
      'select * from sales_process order by created_at, id',
    );

  it('needs an activation first, which an admin alone may do and which works once', async () => {
    expect((await post('start', aSale())).body).toMatchObject({
      code: 'DTECH_NOT_CONFIGURED',
      detail: expect.any(String),
    });
    const activation = { account_id: ACCOUNT, security_group: 'group-1', request_token: 'token-1' };
    expect((await post('activate', activation)).status).toBe(403);
    const { status, body } = await post('activate', activation, admin);
    expect([status, body]).toEqual([
      201,
      { success: true, environment: 'test', account_id: ACCOUNT, access_key_id: 'AKIASANDBOX', in_use: true },
    ]);
    const again = await post('activate', activation, admin);
    expect([again.status, again.body.detail]).toEqual([400, 'Invalid request_token']);
    const [kept] = await app.database.read.rows<{ secret_access_key: string }>('select * from dtech_activation');
    expect(kept?.secret_access_key).not.toContain('sandbox-secret');
  });

  it('starts, continues, asks and stops, and keeps what the document lists', async () => {
    const started = await post('start', aSale());
    expect([started.status, Object.keys(started.body)]).toEqual([200, ['sales_process_id', 'url', 'url_expiry']]);
    const spid = started.body.sales_process_id as string;
    const { body } = await get(`/processes/${spid}`);
    expect(body.sales_process).toMatchObject({
      sales_process_id: spid,
      status: 'in_progress',
      agent_id: agent.agent?.id,
      lead_name: 'Jane Smith',
      lead_phone: '(083) 555-5555',
      customer_id: expect.any(String),
    });
    const continued = await post(`continue/${spid}`, { account_id: ACCOUNT, user: aSale().user });
    expect([continued.status, Object.keys(continued.body)]).toEqual([200, ['url', 'url_expiry']]);
    expect((await get(`/status/${spid}/${ACCOUNT}`)).body).toMatchObject({
      sales_process_id: spid,
      status: 'in_progress',
    });
    const stopped = await post(`stop/${spid}`, { account_id: ACCOUNT, reason: 'Customer not interested' });
    expect([stopped.status, stopped.body.status]).toEqual([200, 'stopped']);
    const twice = await post(`stop/${spid}`, { account_id: ACCOUNT, reason: 'again' });
    expect([twice.status, twice.body.code]).toEqual([409, 'SALES_PROCESS_ENDED']);
    const told = await waitFor('events of the sale', async () => {
      const events = await app.database.read.rows<{ name: string; data: Record<string, unknown> }>(
        `select name, data from event where data->>'sales_process_id' = $1 and seq is not null order by seq`,
        [spid],
      );
      return events.length === 2 && events;
    });
    expect(told.map((event) => event.name)).toEqual(['sale.started', 'sale.updated']);
    expect(JSON.stringify(told)).not.toContain('/page/');
  });

  it('shows a sale to who started it, to admins and to keys with the scope', async () => {
    const spid = (await post('start', aSale())).body.sales_process_id as string;
    expect((await get(`/processes/${spid}`, admin)).status).toBe(200);
    expect((await get(`/processes/${spid}`, aKey('sales:read'))).status).toBe(200);
    const other = anAgent({ code: 'AGT-902' });
    expect((await get(`/processes/${spid}`, other)).status).toBe(404);
    expect((await get(`/status/${spid}/${ACCOUNT}`, other)).status).toBe(404);
    expect((await post(`stop/${spid}`, { account_id: ACCOUNT, reason: 'x' }, other)).status).toBe(404);
    expect((await get('/', other)).body).toMatchObject({ sales_processes: [], count: 0, next_cursor: null });
    expect((await get('/', aUser())).status).toBe(403);
    const page = (await get('/?limit=1')).body;
    expect(page.sales_processes[0].sales_process_id).toBe(spid);
    expect((await get(`/?limit=1&cursor=${page.next_cursor}`)).body.sales_processes[0].sales_process_id).not.toBe(spid);
  });

  it.each([
    [{ account_id: 'x' }, 400, 'account_id'],
    [{ account_id: '00000000-0000-4000-8000-000000000000' }, 403, 'account_id'],
    [{ lead: { ...aSale().lead, phone_mobile: '0835555555' } }, 400, 'lead.phone_mobile'],
    [{ lead: { ...aSale().lead, campaign_code: undefined } }, 400, 'lead.campaign_code'],
    [{ lead: 'Jane' }, 400, 'lead'],
    [{ lead: [] }, 400, 'lead'],
    [{ user: null }, 400, 'user'],
    [{ user: { ...aSale().user, first_name: 7 } }, 400, 'user.first_name'],
    [{ lead_id: 999_999_999 }, 404, undefined],
    [{ call_id: 'CALL-1' }, 400, 'call_id'],
    [{ call_id: 'CALL-00000000' }, 404, undefined],
  ])('refuses %j with %i and names the field', async (change, status, field) => {
    const before = (await rows()).length;
    const answer = await post('start', { ...aSale(), ...change });
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toEqual(expect.any(String));
    if (field) expect(Object.keys(answer.body.details as object)).toContain(field);
    expect((await rows()).length).toBe(before);
  });

  it.each([
    [{ kind: 'status', value: 400 }, 400, 'DTECH_REFUSED', 'failed'],
    [{ kind: 'status', value: 403 }, 502, 'DTECH_AUTH_FAILED', 'failed'],
    [{ kind: 'status', value: 404 }, 404, 'DTECH_NOT_FOUND', 'failed'],
    [{ kind: 'status', value: 500 }, 502, 'DTECH_UNAVAILABLE', 'unknown'],
    [{ kind: 'close' }, 502, 'DTECH_UNAVAILABLE', 'unknown'],
    [{ kind: 'close-after' }, 502, 'DTECH_UNAVAILABLE', 'unknown'],
  ] as const)('when the gateway does %j a start answers %i %s and is kept as %s', async (fault, status, code, kept) => {
    const sent = gateway.log.filter((line) => line === 'POST /ext/start').length;
    gateway.faults = [{ route: '/ext/start', times: 5, ...fault }];
    const answer = await post('start', aSale());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    const last = (await rows()).at(-1);
    expect(last).toMatchObject({ status: kept, sales_process_id: null, failure: expect.any(String) });
    expect(gateway.faults[0]?.times).toBe(4);
    expect(gateway.log.filter((line) => line === 'POST /ext/start').length - sent).toBe(
      fault.kind === 'close-after' ? 1 : 0,
    );
  });

  describe.each([
    ['continue', (spid: string) => post(`continue/${spid}`, { account_id: ACCOUNT, user: aSale().user })],
    ['status', (spid: string) => get(`/status/${spid}/${ACCOUNT}`)],
    ['stop', (spid: string) => post(`stop/${spid}`, { account_id: ACCOUNT, reason: 'x' })],
    [
      'recording-url',
      (spid: string) =>
        post(`recording-url/${spid}`, {
          account_id: ACCOUNT,
          date_start: '2025-06-08T10:15:00',
          date_end: '2025-06-08T10:20:00',
          recording_hash: '1B2M2Y8AsgTpgAmY7PhCfg==',
          filename: 'a.wav',
          content_type: 'audio/wav',
        }),
    ],
  ] as const)('%s, while the gateway is in trouble', (route, send) => {
    it.each([
      [{ kind: 'status', value: 400 }, 400, 'DTECH_REFUSED'],
      [{ kind: 'status', value: 401 }, 502, 'DTECH_AUTH_FAILED'],
      [{ kind: 'status', value: 403 }, 502, 'DTECH_AUTH_FAILED'],
      [{ kind: 'status', value: 404 }, 404, 'DTECH_NOT_FOUND'],
      [{ kind: 'status', value: 429 }, 429, 'DTECH_TOO_MANY_REQUESTS'],
      [{ kind: 'status', value: 500 }, 502, 'DTECH_UNAVAILABLE'],
      [{ kind: 'close' }, 502, 'DTECH_UNAVAILABLE'],
    ] as const)('%j: %i %s, and the sale goes on', async (fault, status, code) => {
      const spid = (await post('start', aSale())).body.sales_process_id as string;
      gateway.faults = [{ route: `/${route}/`, times: 10, ...fault }];
      const answer = await send(spid);
      expect([answer.status, answer.body.code, typeof answer.body.detail]).toEqual([status, code, 'string']);
      expect(JSON.stringify(answer.body)).not.toMatch(/sandbox-secret|AWS4-HMAC/);
      gateway.faults = [];
      expect((await get(`/processes/${spid}`)).body.sales_process.status).toBe('in_progress');
      expect((await send(spid)).status).toBe(200);
    });

    it('is tried again after one 500', async () => {
      const spid = (await post('start', aSale())).body.sales_process_id as string;
      gateway.faults = [{ route: `/${route}/`, kind: 'status', value: 500, times: 1 }];
      expect((await send(spid)).status).toBe(200);
    });
  });

  it('answers 504 when the gateway hangs, and keeps such a start as unknown', async () => {
    const hurried = await startTestApp({
      env: {
        ...sellingThrough(app.config.dtech.baseUrl),
        DTECH_TIMEOUT_MS: '500',
      },
    });
    try {
      const send = (path: string, body: object) =>
        hurried.http
          .post(`/api/v1/sales/${path}`)
          .set('Authorization', `Bearer ${hurried.tokenFor(agent)}`)
          .send(body);
      gateway.faults = [{ route: '/ext/start', kind: 'hang', times: 1 }];
      const lost = await send('start', aSale());
      expect([lost.status, lost.body.code]).toEqual([504, 'DTECH_TIMEOUT']);
      const kept = await hurried.database.read.rows<{ status: string }>('select status from sales_process');
      expect(kept).toEqual([{ status: 'unknown' }]);
      const { body } = await waitFor('a start in time', async () => {
        const answer = await send('start', aSale());
        return answer.status === 200 && answer;
      });
      gateway.faults = [{ route: '/ext/continue', kind: 'hang', times: 3 }];
      const hung = await send(`continue/${body.sales_process_id}`, { account_id: ACCOUNT, user: aSale().user });
      expect([hung.status, hung.body.code]).toEqual([504, 'DTECH_TIMEOUT']);
    } finally {
      await hurried.close();
    }
  });

  it('takes a person out of his sales when his data is removed', async () => {
    const { sales_process_id: spid } = (await post('start', aSale())).body as { sales_process_id: string };
    const before = (await get(`/processes/${spid}`)).body.sales_process as { customer_id: string };
    const customer = { id: before.customer_id, code: 'CUST-1', phone_e164: '+27835555555' };
    await app.database.transaction((tx) => app.nest.get(CustomerErasure).redact(tx, customer));
    const kept = await app.database.read.one('select * from sales_process where sales_process_id = $1', [spid]);
    expect(kept).toMatchObject({ lead_name: '(removed)', lead_phone: '(removed)', status: 'in_progress', url: null });
    expect(JSON.stringify(kept)).not.toMatch(/Jane|Smith|555-?5555/);
    // the sale goes on, and what is said of him from now on is not kept either
    await post(`continue/${spid}`, { account_id: ACCOUNT, user: aSale().user });
    const stopped = await post(`stop/${spid}`, { account_id: ACCOUNT, reason: 'Jane Smith has moved' });
    expect([stopped.status, stopped.body.status]).toEqual([200, 'stopped']);
    const ended = await app.database.read.one('select * from sales_process where sales_process_id = $1', [spid]);
    expect(ended).toMatchObject({ status: 'stopped', url: null, gateway_status: null, stop_reason: '(removed)' });
    const told = await app.database.read.rows(`select data from event where data->>'sales_process_id' = $1`, [spid]);
    expect(JSON.stringify(told.slice(-1))).not.toMatch(/Jane|Smith|555-?5555/);
  });

  it('asks what became of a stop whose answer was lost', async () => {
    const spid = (await post('start', aSale())).body.sales_process_id as string;
    gateway.faults = [{ route: '/ext/stop', kind: 'close-after', times: 1 }];
    const answer = await post(`stop/${spid}`, { account_id: ACCOUNT, reason: 'lost' });
    expect([answer.status, answer.body.status]).toEqual([200, 'stopped']);
    expect(gateway.log.filter((line) => line === `POST /ext/stop/${spid}`)).toHaveLength(1);
  });

  it('follows a process until it is complete, and finds a start whose sender died', async () => {
    const spid = (await post('start', aSale('SOLAR_DONE'))).body.sales_process_id as string;
    const askNow = async (): Promise<void> => {
      await app.database.transaction((tx) =>
        tx.rows(`update sales_process set follow_at = now() where follow_at is not null`),
      );
      await app.nest.get(FollowProcesses).run({ signal: new AbortController().signal });
    };
    await askNow();
    const status = async (): Promise<string | undefined> =>
      (await rows()).find((row) => row.sales_process_id === spid)?.status;
    // the follower of the app itself may have been quicker
    const asked = (): number => gateway.log.filter((line) => line === `GET /ext/status/${spid}/${ACCOUNT}`).length;
    await waitFor('the first question to be answered', async () => {
      const row = await app.database.read.one<{ n: number }>(
        'select follow_count as n from sales_process where sales_process_id = $1',
        [spid],
      );
      return row?.n === 1;
    });
    expect(await status()).toBe('in_progress');
    await askNow();
    await waitFor('it to be complete', async () => (await status()) === 'complete');
    expect(asked()).toBe(2);

    const [some] = await rows();
    const orphan = '0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f';
    await app.database.transaction((tx) =>
      tx.rows(
        `insert into sales_process (id, status, agent_id, lead_name, lead_phone, account_id, campaign_code, lead_origin, seller, lead_details, started_by, follow_at)
         select $2, 'starting', agent_id, lead_name, lead_phone, account_id, campaign_code, lead_origin, seller, lead_details, started_by, now()
           from sales_process where id = $1`,
        [some?.id, orphan],
      ),
    );
    const sent = gateway.log.filter((line) => line === 'POST /ext/start').length;
    await askNow();
    await waitFor(
      'the orphan to be found',
      async () => (await rows()).find((row) => row.id === orphan)?.status === 'unknown',
    );
    expect(gateway.log.filter((line) => line === 'POST /ext/start')).toHaveLength(sent);
    // nothing is asked for what has ended
    await app.nest.get(SalesService).follow(orphan);
  });

  it('has samples for a new installation, all of which have ended', async () => {
    const fresh = await startTestApp({ env: { SAMPLE_DATA: 'true' } });
    try {
      await fresh.nest.get(SampleData).createOnce();
      const { body } = await fresh.http.get('/api/v1/sales/').set('Authorization', `Bearer ${fresh.tokenFor(admin)}`);
      expect(body.sales_processes.map((one: { status: string }) => one.status).sort()).toEqual([
        'complete',
        'complete',
        'stopped',
      ]);
      expect(await fresh.database.read.rows('select 1 from sales_process where follow_at is not null')).toEqual([]);
    } finally {
      await fresh.close();
    }
  });
});
