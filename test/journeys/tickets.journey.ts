import type { Actor } from '../../src/platform/access/actor';
import { SlaSweep } from '../../src/modules/tickets/sla/sla-sweep';
import { SampleData } from '../../src/platform/sample-data/sample-data';
import { newId } from '../../src/platform/time/ids';
import { anAdmin, anAgent, aKey, aUser } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

interface TicketBody {
  ticket_id: string;
  version: number;
  status: string;
  [field: string]: unknown;
}

describe('tickets', () => {
  let app: TestApp;
  const agent = anAgent();
  const owner = aUser();
  const stranger = aUser();

  beforeAll(async () => {
    app = await startTestApp();
    await app.database.transaction(async (tx) => {
      for (const user of [owner, stranger]) {
        await tx.rows(`insert into user_account (id, email, password_hash, role) values ($1, $2, 'x', 'user')`, [
          user.id,
          `${user.id}@example.com`,
        ]);
      }
      for (const [code, active] of [
        ['AGT-002', true],
        ['AGT-003', false],
      ]) {
        await tx.rows('insert into agent (id, code, name, is_active) values ($1, $2, $2, $3)', [newId(), code, active]);
      }
    });
  });
  afterAll(() => app.close());

  type Method = 'get' | 'post' | 'patch';
  const call = (method: Method, path: string, actor: Actor = agent) =>
    app.http[method](path).set('Authorization', `Bearer ${app.tokenFor(actor)}`);
  const opened = async (fields: Record<string, unknown> = {}, actor: Actor = agent): Promise<TicketBody> => {
    const { body } = await call('post', '/api/tickets', actor)
      .send({ subject: 'Something', ...fields })
      .expect(201);
    return body.ticket;
  };
  const events = (ticketId: string) =>
    app.database.read.rows<{
      name: string;
      data: Record<string, unknown>;
      audience_roles: string[];
      audience_users: string[];
      actor: { kind: string };
    }>(`select * from event where name like 'ticket.%' and data->>'ticket_id' = $1 order by position`, [ticketId]);

  describe('as the document calls them', () => {
    let ticketId: string;

    it('opens one from the query string', async () => {
      const { body, headers } = await call(
        'post',
        '/api/tickets?customer_name=Ahmed%20Mohamed&customer_phone=%2B966501234567&subject=Delivery%20Issue&description=Package%20not%20received&priority=high&department=complaints',
      ).expect(201);
      expect(body).toMatchObject({
        success: true,
        timestamp: expect.stringMatching(/Z$/),
        ticket: {
          ticket_id: body.ticket_id,
          status: 'open',
          priority: 'high',
          department: 'complaints',
          subject: 'Delivery Issue',
          description: 'Package not received',
          customer_name: 'Ahmed Mohamed',
          customer_phone: '+966501234567',
          customer_id: expect.stringMatching(/^CUST-\d{3,}$/),
          assigned_to: null,
          version: 1,
        },
      });
      const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
      expect(body.ticket_id).toMatch(new RegExp(`^TKT-${today}-\\d{4}$`));
      expect(headers.etag).toBe('"1"');
      ticketId = body.ticket_id;
      const [event] = await events(ticketId);
      expect(event).toMatchObject({ name: 'ticket.created', data: body.ticket, audience_roles: ['agent'] });
    });

    it.each(['', '?status=open&priority=high', '?department=complaints'])('lists them: %s', async (query) => {
      const { body } = await call('get', `/api/tickets${query}`).expect(200);
      expect(body).toMatchObject({ success: true, count: 1, next_cursor: null });
      expect(body.tickets[0].ticket_id).toBe(ticketId);
    });

    it('reads it, with and without a trailing slash', async () => {
      await call('get', `/api/tickets/${ticketId}/`).expect(200);
      const { body } = await call('get', `/api/tickets/${ticketId}`).expect(200);
      expect(body.ticket.ticket_id).toBe(ticketId);
    });

    it('gives it to an agent, which puts it in progress', async () => {
      const { body } = await call('patch', `/api/tickets/${ticketId}?assigned_to=AGT-002&priority=urgent`).expect(200);
      expect(body.ticket).toMatchObject({
        assigned_to: 'AGT-002',
        priority: 'urgent',
        status: 'in_progress',
        version: 2,
      });
    });

    it('resolves it with a note', async () => {
      const { body } = await call('patch', `/api/tickets/${ticketId}?status=resolved&notes=Issue%20resolved`).expect(
        200,
      );
      expect(body.ticket).toMatchObject({
        status: 'resolved',
        notes: 'Issue resolved',
        resolved_at: expect.stringMatching(/Z$/),
        first_response_at: body.ticket.resolved_at,
      });
      const last = (await events(ticketId)).at(-1);
      expect(last).toMatchObject({
        name: 'ticket.updated',
        data: {
          ticket_id: ticketId,
          status: 'resolved',
          notes: 'Issue resolved',
          resolved_at: body.ticket.resolved_at,
        },
      });
      expect(last?.data.changed).toEqual(expect.arrayContaining(['status', 'notes', 'resolved_at', 'sla']));
      expect(last?.data).not.toHaveProperty('subject');
    });

    it('keeps who changed what, and every note', async () => {
      const { body } = await call('get', `/api/tickets/${ticketId}/history`).expect(200);
      expect(
        body.history.map((row: { field: string; from: unknown; to: unknown }) => [row.field, row.from, row.to]),
      ).toEqual(
        expect.arrayContaining([
          ['status', 'open', 'in_progress'],
          ['priority', 'high', 'urgent'],
          ['assigned_to', null, 'AGT-002'],
          ['status', 'in_progress', 'resolved'],
          ['notes', null, 'Issue resolved'],
        ]),
      );
      expect(body.history[0]).toMatchObject({ version: 3, by: { kind: 'user', id: agent.id, agent: 'AGT-900' } });
      await call('patch', `/api/tickets/${ticketId}`).send({ notes: 'And thanked' }).expect(200);
      const comments = await call('get', `/api/tickets/${ticketId}/comments`).expect(200);
      expect(comments.body.comments.map((row: { body: string }) => row.body)).toEqual([
        'Issue resolved',
        'And thanked',
      ]);
      const read = await call('get', `/api/tickets/${ticketId}`);
      expect(read.body.ticket.notes).toBe('And thanked');
    });
  });

  it('is urgent by its text only when no priority is given', async () => {
    expect(await opened({ description: 'الأمر عاجل' })).toMatchObject({ priority: 'urgent' });
    expect(await opened({ subject: 'URGENT', priority: 'low' })).toMatchObject({ priority: 'low' });
    expect(await opened()).toMatchObject({ priority: 'medium', department: 'reception' });
  });

  it('keeps what is no telephone number as it was sent', async () => {
    expect(await opened({ customer_phone: 'ask at reception' })).toMatchObject({
      customer_phone: 'ask at reception',
      customer_phone_e164: null,
      customer_id: null,
    });
  });

  it('finds the customer again by another spelling of the number', async () => {
    const first = await opened({ customer_phone: '0044 7911 123456' });
    const second = await opened({ customer_phone: '+44 (7911) 123-456' });
    expect(second.customer_id).toBe(first.customer_id);
    const { body } = await call('get', '/api/tickets?customer=00447911123456');
    expect(body.count).toBe(2);
    const byCode = await call('get', `/api/tickets?customer=${String(first.customer_id)}`);
    expect(byCode.body.count).toBe(2);
  });

  it('takes what it does not say of the customer from its call, which must be there', async () => {
    const call_ = await call('post', '/api/calls?phone_number=%2B27835550777&customer_name=Zola').expect(201);
    const ticket = await opened({ call_id: call_.body.call_id });
    expect(ticket).toMatchObject({
      call_id: call_.body.call_id,
      customer_name: 'Zola',
      customer_phone_e164: '+27835550777',
      customer_id: expect.stringMatching(/^CUST-/),
    });
    const { body } = await call('post', '/api/tickets').send({ subject: 'x', call_id: 'CALL-00000000' }).expect(404);
    expect(body.code).toBe('CALL_NOT_FOUND');
    await call('post', '/api/tickets', stranger).send({ subject: 'x', call_id: call_.body.call_id }).expect(404);
  });

  it('refuses what its life does not allow, and says what it does', async () => {
    const { ticket_id } = await opened();
    await call('patch', `/api/tickets/${ticket_id}`).send({ status: 'closed' }).expect(200);
    const { body } = await call('patch', `/api/tickets/${ticket_id}`).send({ status: 'resolved' }).expect(409);
    expect(body).toMatchObject({ success: false, code: 'ILLEGAL_TRANSITION', allowed: ['open'] });
    await call('patch', `/api/tickets/${ticket_id}`).send({ status: 'closed' }).expect(200);
  });

  it('forgets when it was resolved once it is opened again', async () => {
    const { ticket_id } = await opened();
    await call('patch', `/api/tickets/${ticket_id}?status=resolved`).expect(200);
    const { body } = await call('patch', `/api/tickets/${ticket_id}?status=in-progress`).expect(200);
    expect(body.ticket).toMatchObject({ status: 'in_progress', resolved_at: null });
    expect(body.ticket.sla.resolution).toMatchObject({ state: 'running', met_at: null });
  });

  it('is given only to agents there are and who are active', async () => {
    const { ticket_id } = await opened();
    const unknown = await call('patch', `/api/tickets/${ticket_id}?assigned_to=AGT-999`).expect(404);
    expect(unknown.body).toMatchObject({ code: 'AGENT_NOT_FOUND', message: "Agent 'AGT-999' not found" });
    const inactive = await call('patch', `/api/tickets/${ticket_id}?assigned_to=AGT-003`).expect(409);
    expect(inactive.body.code).toBe('AGENT_INACTIVE');
    await call('patch', `/api/tickets/${ticket_id}?assigned_to=agt-002`).expect(200);
    const taken = await call('patch', `/api/tickets/${ticket_id}`).send({ assigned_to: null }).expect(200);
    expect(taken.body.ticket.assigned_to).toBeNull();
    const none = await call('get', '/api/tickets?assigned_to=none');
    expect(none.body.tickets[0].ticket_id).toBe(ticket_id);
  });

  it('honours If-Match: of two who edit the same version one is told', async () => {
    const { ticket_id } = await opened();
    const edits = await Promise.all(
      ['low', 'high'].map((priority) =>
        call('patch', `/api/tickets/${ticket_id}`).set('If-Match', '"1"').send({ priority }),
      ),
    );
    expect(edits.map((reply) => reply.status).sort()).toEqual([200, 412]);
    expect(edits.find((reply) => reply.status === 412)?.body).toMatchObject({ code: 'VERSION_MISMATCH', version: 2 });
    expect(edits.find((reply) => reply.status === 200)?.headers.etag).toBe('"2"');
  });

  it('changes nothing and tells nothing when nothing differs', async () => {
    const { ticket_id } = await opened({ priority: 'low', tags: ['a', 'b'] });
    const { body } = await call('patch', `/api/tickets/${ticket_id}`)
      .send({ priority: 'low', tags: 'b,a' })
      .expect(200);
    expect(body.ticket.version).toBe(1);
    expect(await events(ticket_id)).toHaveLength(1);
  });

  it('lists by tags, by words in any script, by time', async () => {
    const a = await opened({ subject: 'Mein Straßenname ist falsch', tags: 'VIP, address' });
    const b = await opened({ subject: 'شكوى من التأخير', tags: ['vip'] });
    const codes = async (query: string): Promise<string[]> => {
      const { body } = await call('get', `/api/tickets?${query}`).expect(200);
      return body.tickets.map((ticket: TicketBody) => ticket.ticket_id);
    };
    expect(await codes('tags=vip')).toEqual([b.ticket_id, a.ticket_id]);
    expect(await codes('tags=vip,address&status=open')).toEqual([a.ticket_id]);
    await call('patch', `/api/tickets/${a.ticket_id}?status=pending`).expect(200);
    expect(await codes('tags=vip&status=open')).toEqual([b.ticket_id]);
    expect(await codes('tags=vip&status=pending&priority=medium')).toEqual([a.ticket_id]);
    expect(await codes(`search=${encodeURIComponent('straßenNAME')}`)).toEqual([a.ticket_id]);
    expect(await codes(`search=${encodeURIComponent('التأخير')}`)).toEqual([b.ticket_id]);
    expect(await codes(`search=${a.ticket_id.toLowerCase()}`)).toEqual([a.ticket_id]);
    expect(await codes('search=100%25%20sure')).toEqual([]);
    const [from, to] = [a, b].map((ticket) => String(ticket.created_at).slice(0, 10));
    expect(await codes(`from=${from}&to=${to}&tags=vip`)).toHaveLength(2);
    expect(await codes('to=2020-01-01')).toEqual([]);
    expect(await codes('assigned_to=AGT-777')).toEqual([]);
    expect(await codes('customer=CUST-99999')).toEqual([]);
  });

  it.each([
    '',
    'status=open',
    'department=paging',
    'priority=medium,low&department=paging',
    'tags=paging',
    'search=paging',
    'assigned_to=none&department=paging',
  ])('pages stay right while tickets are opened: %s', async (query) => {
    const mine = new Set<string>();
    for (let i = 0; i < 7; i += 1) {
      mine.add((await opened({ subject: 'Paging', department: 'paging', tags: 'paging' })).ticket_id);
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const page: { body: { tickets: TicketBody[]; next_cursor: string | null } } = await call(
        'get',
        `/api/tickets?${query}&limit=3${cursor ? `&cursor=${cursor}` : ''}`,
      ).expect(200);
      seen.push(...page.body.tickets.map((ticket) => ticket.ticket_id));
      cursor = page.body.next_cursor;
      await opened({ subject: 'Paging', department: 'paging', tags: 'paging' });
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([...mine]));
  });

  describe('of a subscriber', () => {
    let own: TicketBody;

    beforeAll(async () => {
      own = await opened({ subject: 'Mine', customer_phone: '+27835550999' }, owner);
    });

    it('are his alone; agents see all', async () => {
      await call('get', `/api/tickets/${own.ticket_id}`, owner).expect(200);
      await call('get', `/api/tickets/${own.ticket_id}`, agent).expect(200);
      await call('get', `/api/tickets/${own.ticket_id}`, anAdmin()).expect(200);
      await call('get', `/api/tickets/${own.ticket_id}`, aKey('tickets:read')).expect(200);
      await call('get', `/api/tickets/${own.ticket_id}`, aKey('calls:read')).expect(403);
      for (const path of ['', '/comments', '/history']) {
        await call('get', `/api/tickets/${own.ticket_id}${path}`, stranger).expect(404);
      }
      await call('post', `/api/tickets/${own.ticket_id}/comments`, stranger).send({ body: 'x' }).expect(404);
      const list = await call('get', '/api/tickets', owner);
      expect(list.body.tickets.map((ticket: TicketBody) => ticket.ticket_id)).toEqual([own.ticket_id]);
      expect((await call('get', '/api/tickets', stranger)).body.count).toBe(0);
      const csv = await call('get', '/api/tickets/export.csv', stranger).expect(200);
      expect(csv.text.trim().split('\n')).toHaveLength(1);
    });

    it('are edited and merged by agents alone', async () => {
      await call('patch', `/api/tickets/${own.ticket_id}?status=closed`, owner).expect(403);
      await call('post', `/api/tickets/${own.ticket_id}/merge`, owner).send({ into: 'TKT-1' }).expect(403);
      await call('post', '/api/tickets', owner).send({ subject: 'x', assigned_to: 'AGT-002' }).expect(400);
    });

    it('carry comments; the internal ones are kept from him, and the first answer is remembered', async () => {
      const url = `/api/tickets/${own.ticket_id}/comments`;
      await call('post', url, owner).send({ body: 'Anybody there?' }).expect(201);
      await call('post', url, owner).send({ body: 'x', internal: true }).expect(400);
      await call('post', url, agent).send({ body: 'Difficult customer', internal: true }).expect(201);
      expect((await call('get', `/api/tickets/${own.ticket_id}`)).body.ticket.first_response_at).toBeNull();
      await call('post', `${url}?body=We%20are%20here`, agent).expect(201);
      const seen = async (actor: Actor): Promise<string[]> =>
        (await call('get', url, actor)).body.comments.map((comment: { body: string }) => comment.body);
      expect(await seen(agent)).toEqual(['Anybody there?', 'Difficult customer', 'We are here']);
      expect(await seen(owner)).toEqual(['Anybody there?', 'We are here']);
      const { body } = await call('get', `/api/tickets/${own.ticket_id}`);
      expect(body.ticket).toMatchObject({ first_response_at: expect.any(String), version: 1 });
      expect(body.ticket.sla.first_response).toMatchObject({ state: 'met', due_at: null });
      const told = (await events(own.ticket_id)).filter((event) => event.data.comment);
      expect(told.map((event) => event.audience_users)).toEqual([[owner.id], [], [owner.id]]);
    });
  });

  it('merges one into another, which then shows what was said and done on both', async () => {
    const from = await opened({ subject: 'Twice', tags: 'a' });
    const into = await opened({ subject: 'Once', tags: 'b' });
    await call('post', `/api/tickets/${from.ticket_id}/comments`).send({ body: 'on the first' }).expect(201);
    await call('patch', `/api/tickets/${from.ticket_id}?priority=high`).expect(200);
    const { body } = await call('post', `/api/tickets/${from.ticket_id}/merge?into=${into.ticket_id}`).expect(200);
    expect(body).toMatchObject({ merged_into: into.ticket_id, ticket: { tags: ['b', 'a'], version: 2 } });
    const merged = await call('get', `/api/tickets/${from.ticket_id}`).expect(200);
    expect(merged.body.ticket).toMatchObject({ status: 'closed', merged_into: into.ticket_id, allowed_statuses: [] });
    const comments = await call('get', `/api/tickets/${into.ticket_id}/comments`);
    expect(comments.body.comments).toMatchObject([{ body: 'on the first', ticket_id: from.ticket_id }]);
    const history = await call('get', `/api/tickets/${into.ticket_id}/history`);
    expect(history.body.history).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: 'priority', ticket_id: from.ticket_id }),
        expect.objectContaining({ field: 'merged_from', to: from.ticket_id, ticket_id: into.ticket_id }),
      ]),
    );
    for (const refused of [
      call('patch', `/api/tickets/${from.ticket_id}?status=open`),
      call('post', `/api/tickets/${from.ticket_id}/comments`).send({ body: 'x' }),
      call('post', `/api/tickets/${from.ticket_id}/merge`).send({ into: into.ticket_id }),
      call('post', `/api/tickets/${into.ticket_id}/merge`).send({ into: from.ticket_id }),
    ]) {
      const reply = await refused.expect(409);
      expect(reply.body).toMatchObject({ code: 'TICKET_MERGED', merged_into: into.ticket_id });
    }
    await call('post', `/api/tickets/${into.ticket_id}/merge`).send({ into: into.ticket_id }).expect(409);
    await call('post', `/api/tickets/${into.ticket_id}/merge`).send({ into: 'TKT-20200101-0001' }).expect(404);
    await call('post', `/api/tickets/${into.ticket_id}/merge`).send({}).expect(400);
  });

  it('does not merge tickets of two subscribers', async () => {
    const a = await opened({}, owner);
    const b = await opened({}, stranger);
    await call('post', `/api/tickets/${a.ticket_id}/merge`).send({ into: b.ticket_id }).expect(409);
  });

  it('lets one of two merges in opposite directions win, every time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = [await opened(), await opened()];
      const replies = await Promise.all([
        call('post', `/api/tickets/${a.ticket_id}/merge`).send({ into: b.ticket_id }),
        call('post', `/api/tickets/${b.ticket_id}/merge`).send({ into: a.ticket_id }),
      ]);
      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409]);
      const winner = replies.find((reply) => reply.status === 200)?.body.merged_into;
      expect(replies.find((reply) => reply.status === 409)?.body.merged_into).toBe(winner);
    }
  });

  it('writes CSV that no spreadsheet runs', async () => {
    await opened({ subject: '=HYPERLINK("http://evil","x")', description: 'two\nlines, "quoted"', department: 'csv' });
    await opened({ subject: '@SUM(1)', customer_name: '-1+1', department: 'csv' });
    const reply = await call('get', '/api/tickets/export.csv?department=csv').expect(200);
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(reply.headers['content-disposition']).toBe('attachment; filename="tickets.csv"');
    expect(reply.text).toContain(`"'=HYPERLINK(""http://evil"",""x"")","two\nlines, ""quoted"""`);
    expect(reply.text).toContain(`'@SUM(1)`);
    expect(reply.text).toContain(`'-1+1`);
    await call('get', '/api/tickets/export.csv?status=nonsense').expect(400);
    await call('get', '/api/tickets/export.csv?from=nonsense').expect(400);
  });

  it('forgets a person whose data is removed, and keeps that there was a ticket', async () => {
    const ticket = await opened({
      subject: 'Lost ring',
      customer_phone: '+447911999888',
      customer_name: 'Zoe',
      tags: 'ring',
    });
    await call('post', `/api/tickets/${ticket.ticket_id}/comments`).send({ body: 'Zoe called again' }).expect(201);
    await call('patch', `/api/tickets/${ticket.ticket_id}`).send({ notes: 'Zoe is sad', subject: 'Zoe' }).expect(200);
    await app.http
      .post(`/api/customers/${String(ticket.customer_id)}/anonymise`)
      .set('Authorization', `Bearer ${app.tokenFor(anAdmin())}`)
      .expect(200);
    const read = await call('get', `/api/tickets/${ticket.ticket_id}`).expect(200);
    expect(read.body.ticket).toMatchObject({ subject: '(removed)', customer_phone: null, status: 'open', tags: [] });
    const comments = await call('get', `/api/tickets/${ticket.ticket_id}/comments`);
    const history = await call('get', `/api/tickets/${ticket.ticket_id}/history`);
    const known = await app.database.read.rows(`select data from event where subject_customer_id is not null and
      data->>'ticket_id' = '${ticket.ticket_id}'`);
    expect(JSON.stringify([read.body, comments.body, history.body, known])).not.toMatch(/Zoe|7911999888|ring/);
    expect((await call('get', '/api/tickets?tags=ring')).body.count).toBe(0);
  });

  describe('targets', () => {
    const pass = (ticketId: string, target: string, column: 'warn_at' | 'due_at') =>
      app.database.transaction((tx) =>
        tx.rows(
          `update ticket_sla s set ${column} = now() - interval '1 second', next_at = now() - interval '1 second'
             ${column === 'due_at' ? ", warn_at = now() - interval '1 minute'" : ''}
             from ticket t where t.id = s.ticket_id and t.code = $1 and s.target = $2`,
          [ticketId, target],
        ),
      );
    const alerts = async (ticketId: string) =>
      (await events(ticketId)).filter((event) => event.data.sla_alert).map((event) => event.data.sla_alert);

    it('are told of once each while two processes sweep', async () => {
      const second = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
      try {
        const ids = await Promise.all(Array.from({ length: 20 }, async () => (await opened()).ticket_id));
        const both = (): Promise<number[]> =>
          Promise.all([app, second, app, second].map(({ nest }) => nest.get(SlaSweep).sweep()));
        for (const id of ids) await pass(id, 'first_response', 'warn_at');
        await both();
        for (const id of ids) await pass(id, 'first_response', 'due_at');
        await both();
        for (const id of ids) {
          await waitFor('both alerts', async () => (await alerts(id)).length >= 2);
          expect(await alerts(id)).toEqual([
            expect.objectContaining({ target: 'first_response', alert: 'warning' }),
            expect.objectContaining({ target: 'first_response', alert: 'breached' }),
          ]);
        }
        await both();
        for (const id of ids) expect(await alerts(id)).toHaveLength(2);
      } finally {
        await second.close();
      }
    });

    it('are told of by the sweep itself, soon after they are due', async () => {
      const { ticket_id } = await opened();
      await pass(ticket_id, 'resolution', 'due_at');
      await waitFor('the breach', async () => (await alerts(ticket_id)).length === 1);
      const { body } = await call('get', `/api/tickets/${ticket_id}`);
      expect(body.ticket.sla.resolution.breached_at).toEqual(expect.any(String));
      expect((await events(ticket_id)).at(-1)?.actor.kind).toBe('system');
    });

    it('stand still while the ticket is pending', async () => {
      const { ticket_id } = await opened({ priority: 'high' });
      const paused = await call('patch', `/api/tickets/${ticket_id}?status=pending`);
      expect(paused.body.ticket.sla.resolution).toMatchObject({ state: 'paused', due_at: null, target_minutes: 480 });
      const running = await call('patch', `/api/tickets/${ticket_id}?status=open`);
      expect(running.body.ticket.sla.resolution).toMatchObject({ state: 'running', due_at: expect.any(String) });
    });

    it('missed ones are told of before an edit that would hide it', async () => {
      const { ticket_id } = await opened();
      await pass(ticket_id, 'resolution', 'due_at');
      await call('patch', `/api/tickets/${ticket_id}?status=resolved`).expect(200);
      expect(await alerts(ticket_id)).toEqual([expect.objectContaining({ target: 'resolution', alert: 'breached' })]);
      const { body } = await call('get', `/api/tickets/${ticket_id}`);
      expect(body.ticket.sla.resolution).toMatchObject({ state: 'met', breached_at: expect.any(String) });
    });
  });

  it('come with a new installation, a dozen of them, the urgent ones known by their text', async () => {
    const fresh = await startTestApp({ env: { SAMPLE_DATA: 'true' } });
    try {
      await fresh.nest.get(SampleData).createOnce();
      const { body } = await fresh.http
        .get('/api/tickets')
        .set('Authorization', `Bearer ${fresh.tokenFor(anAdmin())}`)
        .expect(200);
      expect(body.count).toBe(12);
      const urgent = body.tickets.filter((ticket: TicketBody) => ticket.priority === 'urgent');
      expect(urgent.map((ticket: TicketBody) => ticket.subject).sort()).toEqual(['Emergency: no power', 'طلب عاجل']);
    } finally {
      await fresh.close();
    }
  });

  describe('and hostile callers', () => {
    const bad: [string, Record<string, unknown>][] = [
      ['no subject', { subject: '' }],
      ['blank subject', { subject: '   ' }],
      ['subject is a number', { subject: 5 }],
      ['subject is an object', { subject: { $ne: 1 } }],
      ['subject too long', { subject: 'x'.repeat(501) }],
      ['NUL', { subject: 'a\0b' }],
      ['half a surrogate pair', { subject: 'a\ud800b' }],
      ['description too long', { description: 'x'.repeat(10_001) }],
      ['description is a list', { description: ['x'] }],
      ['wrong priority', { priority: 'extreme' }],
      ['priority is a list', { priority: ['high'] }],
      ['wrong e-mail', { customer_email: 'nobody' }],
      ['phone is a number', { customer_phone: 5 }],
      ['phone too long', { customer_phone: '1'.repeat(51) }],
      ['department with a quote', { department: "sales'" }],
      ['wrong call', { call_id: 'CALL-1; drop table ticket' }],
      ['too many tags', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }],
      ['tag too long', { tags: ['x'.repeat(51)] }],
      ['tags of objects', { tags: [{}] }],
      ['NUL in a tag', { tags: ['a\0'] }],
      ['wrong agent', { assigned_to: 'me' }],
    ];
    it.each(bad)('opening with %s is 400', async (_name, fields) => {
      const { body } = await call('post', '/api/tickets')
        .send({ subject: 'x', ...fields })
        .expect(400);
      expect(body).toMatchObject({ success: false, code: expect.any(String), details: expect.any(Object) });
    });

    it.each([
      'status=x',
      'priority=x',
      'limit=0',
      'limit=201',
      'limit=abc',
      'cursor=abc',
      `cursor=${Buffer.from('["x","y"]').toString('base64url')}`,
      `cursor=${Buffer.from('["9e99",1]').toString('base64url')}`,
      'search=ab',
      'search=%00abc',
      'from=yesterday',
      'to=2026-13-01',
      'from=99999-01-01',
      'assigned_to=x',
      'tags=a,b,c,d,e,f',
      'department=%27',
    ])('listing with %s is 400', (query) => call('get', `/api/tickets?${query}`).expect(400));

    it('edits with wrong values are 400 and change nothing', async () => {
      const { ticket_id } = await opened();
      for (const fields of [
        { status: 'gone' },
        { status: 5 },
        { status: {} },
        { priority: '' + 'x' },
        { notes: 'a\0' },
        { notes: 'x'.repeat(10_001) },
        { subject: '' },
        { assigned_to: 5 },
        { assigned_to: {} },
        { tags: 5 },
      ]) {
        await call('patch', `/api/tickets/${ticket_id}`).send(fields).expect(400);
      }
      await call('patch', `/api/tickets/${ticket_id}`).set('Content-Type', 'application/json').send('[]').expect(400);
      await call('patch', `/api/tickets/${ticket_id}`)
        .set('Content-Type', 'application/json')
        .send('{"__proto__": {"status": "closed"}, "constructor": 1}');
      expect((await call('get', `/api/tickets/${ticket_id}`)).body.ticket).toMatchObject({
        version: 1,
        status: 'open',
      });
    });

    it.each(['TKT-0', 'x', '..%2f..', '%00', "'%20or%201=1", 'x'.repeat(3000), '%F0%9F%98%80'])(
      'a ticket called %s is not found or not valid',
      async (code) => {
        for (const path of ['', '/comments', '/history']) {
          expect([400, 404]).toContain((await call('get', `/api/tickets/${code}${path}`)).status);
        }
        expect([400, 404]).toContain((await call('patch', `/api/tickets/${code}?status=open`)).status);
        expect([400, 404]).toContain((await call('post', `/api/tickets/${code}/merge?into=TKT-9`)).status);
      },
    );

    it('empty optional fields of a form count as not sent', async () => {
      const { body } = await call(
        'post',
        '/api/tickets?subject=x&priority=&department=&customer_email=&assigned_to=&tags=',
      ).expect(201);
      expect(body.ticket).toMatchObject({ priority: 'medium', department: 'reception', assigned_to: null, tags: [] });
      await call('get', '/api/tickets?status=&priority=&department=&search=&from=&to=&tags=&customer=').expect(200);
    });
  });
});
