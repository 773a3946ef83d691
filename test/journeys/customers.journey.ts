import { systemActor } from '../../src/platform/access/actor';
import { newId } from '../../src/platform/time/ids';
import {
  CustomerErasure,
  type CustomerRow,
  CustomersQueries,
  CustomersService,
  ForeignCustomers,
} from '../../src/modules/customers';
import { aKey, anAdmin, anAgent, aUser } from '../support/actors';
import fc from '../support/properties';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('customers', () => {
  let app: TestApp;
  let second: TestApp;
  let agent: string;
  let admin: string;

  beforeAll(async () => {
    app = await startTestApp();
    second = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
    agent = app.tokenFor(anAgent());
    admin = app.tokenFor(anAdmin());
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  const get = (path: string, token = agent) => app.http.get(path).set('Authorization', `Bearer ${token}`);
  const post = (path: string, body: object = {}, token = agent) =>
    app.http.post(path).set('Authorization', `Bearer ${token}`).send(body);
  const patch = (path: string, body: object, token = agent) =>
    app.http.patch(path).set('Authorization', `Bearer ${token}`).send(body);
  const ensure = (person: Parameters<CustomersService['ensure']>[2], on = app): Promise<CustomerRow | undefined> =>
    on.database.transaction((tx) => on.nest.get(CustomersService).ensure(tx, systemActor('test'), person));
  const events = (id: string): Promise<{ name: string; data: Record<string, unknown> }[]> =>
    app.database.read.rows('select name, data from event where aggregate = $1 order by position', [`customer:${id}`]);

  it('makes one customer of a hundred people with one number at once, in two processes', async () => {
    const spellings = ['+966501112233', '00966501112233', '٠٠٩٦٦٥٠١١١٢٢٣٣', '+966 50 111 2233'];
    const rows = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        ensure({ phone: spellings[n % 4], name: `Caller ${n}`, source: 'test' }, n % 2 ? app : second),
      ),
    );
    expect(new Set(rows.map((row) => row?.id)).size).toBe(1);
    const [row] = rows as [CustomerRow];
    expect(row.code).toMatch(/^CUST-\d{3,}$/);
    expect(await events(row.id)).toEqual([
      {
        name: 'contact.created',
        data: expect.objectContaining({ customer_id: row.code, phone_e164: '+966501112233' }),
      },
    ]);
  });

  it('runs a transaction again that deadlocked over two numbers', async () => {
    const numbers = ['+442079460010', '+442079460011'];
    let arrived = 0;
    const both = async (order: string[], on: TestApp): Promise<void> => {
      await on.database.transaction(async (tx) => {
        for (const phone of order) {
          await on.nest.get(CustomersService).ensure(tx, systemActor('test'), { phone, source: 'test' });
          arrived += 1;
          await waitFor('the other transaction', () => arrived >= 2);
        }
      });
    };
    await Promise.all([both(numbers, app), both([...numbers].reverse(), second)]);
    const [count] = await app.database.read.rows<{ n: number }>(
      'select count(*)::int as n from customer where phone_e164 = any($1)',
      [numbers],
    );
    expect(count).toEqual({ n: 2 });
  });

  it('fills blanks once, erases nothing, and tells only of what changed', async () => {
    const phone = '+447700900111';
    const made = (await ensure({ phone, source: 'dialer' })) as CustomerRow;
    await ensure({ phone, name: 'Zoë Ahmed', source: 'call' });
    await ensure({ phone, name: 'Somebody Else', email: '', source: 'call' });
    await ensure({ phone, name: null, email: 'zoe@example.com', source: 'call' });
    const last = await ensure({ phone: '07700 900111', name: 'X', email: 'x@example.com', source: 'call' });
    expect(last).toMatchObject({ id: made.id, name: 'Zoë Ahmed', email: 'zoe@example.com', source: 'dialer', phone });
    expect((await events(made.id)).map((event) => event.name)).toEqual([
      'contact.created',
      'contact.updated',
      'contact.updated',
    ]);
    const filled = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ensure({ phone, company: `Company ${n}`, source: 'call' })),
    );
    expect(new Set(filled.map((row) => row?.company)).size).toBe(1);
    expect(await events(made.id)).toHaveLength(4);
  });

  it('matches nobody on what is no telephone number', async () => {
    for (const phone of ['anonymous', '', '   ', '0000000000', '--A--phone_number--B--', null, undefined, '\0', '12']) {
      expect(await ensure({ phone, name: 'Nobody', source: 'call' })).toBeUndefined();
    }
  });

  it('adds, shows, changes and lists by hand', async () => {
    const created = await post('/api/customers/', {
      name: '  Ahmed Mohamed ',
      phone: '050 123 4567',
      country: 'SA',
      email: 'ahmed@example.com',
      tags: ['vip', 'vip'],
      role: 'admin',
    });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      success: true,
      timestamp: expect.stringMatching(/Z$/),
      customer: {
        name: 'Ahmed Mohamed',
        phone: '050 123 4567',
        phone_e164: '+966501234567',
        tags: ['vip'],
        source: 'manual',
        anonymised: false,
      },
    });
    const { customer_id: code, id } = created.body.customer;
    for (const key of [code, code.toLowerCase(), id, `${code}/`]) {
      const shown = await get(`/api/customers/${key}`);
      expect(shown.body.customer).toEqual(created.body.customer);
    }
    const again = await post('/api/customers', { name: 'Another', phone: '+966 50 123 4567' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ success: false, code: 'CUSTOMER_EXISTS', customer_id: code });

    const renamed = await patch(`/api/customers/${code}?company=Query&notes=kept`, { company: 'Body', email: '' });
    expect(renamed.body.customer).toMatchObject({ company: 'Body', notes: 'kept', email: null, name: 'Ahmed Mohamed' });
    expect((await patch(`/api/customers/${code}`, { company: 'Body' })).status).toBe(200);
    expect(await events(id)).toHaveLength(2);

    const other = await post('/api/customers', { name: 'Other', phone: '+44 20 7946 0999' });
    const taken = await patch(`/api/customers/${other.body.customer.customer_id}`, { phone: '00966501234567' });
    expect([taken.status, taken.body.code]).toEqual([409, 'CUSTOMER_EXISTS']);
    const odd = await patch(`/api/customers/${other.body.customer.customer_id}`, { phone: 'ask the neighbour' });
    expect(odd.body.customer).toMatchObject({ phone: 'ask the neighbour', phone_e164: null });
  });

  it('finds by any words, in any script, by parts of a number, and never by a wildcard', async () => {
    const people = [
      { name: 'محمد العلي', phone: '+966509990001', email: 'm.ali@example.org' },
      { name: 'Bjørn Åkesson', phone: '+4747000002', company: '100%_Norsk\\AS' },
      { name: '王伟', phone: '+8613812345678' },
    ];
    const codes: string[] = [];
    for (const person of people) codes.push((await post('/api/customers', person)).body.customer.customer_id);
    const found = async (search: string): Promise<string[]> => {
      const reply = await get(`/api/customers?search=${encodeURIComponent(search)}`);
      expect(reply.status).toBe(200);
      return reply.body.customers.map((customer: { customer_id: string }) => customer.customer_id);
    };
    expect(await found('العلي')).toEqual([codes[0]]);
    expect(await found('علي محمد')).toEqual([codes[0]]);
    expect(await found('BJØRN')).toEqual([codes[1]]);
    expect(await found('åkes bjø')).toEqual([codes[1]]);
    expect(await found('王伟')).toEqual([codes[2]]);
    expect(await found('王')).toEqual([codes[2]]);
    expect(await found('m.ali@')).toEqual([codes[0]]);
    expect(await found('050 999 0001')).toEqual([codes[0]]);
    expect(await found('٠٥٠٩٩٩٠٠٠١')).toEqual([codes[0]]);
    expect(await found(codes[1]!.toLowerCase())).toEqual([codes[1]]);
    expect(await found('100%_norsk\\')).toEqual([codes[1]]);
    expect(await found('%')).toEqual([]);
    expect(await found('___')).toEqual([]);
    expect((await get('/api/customers?search=')).body.count).toBeGreaterThan(3);
    expect((await get('/api/customers?phone=0044%207700%20900111')).body.count).toBe(1);
    expect((await get('/api/customers?phone=nobody')).body.count).toBe(0);
    expect((await get('/api/customers?email=M.ALI@example.org')).body.count).toBe(1);
  });

  it('finds by any part of any name what it stored', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 3, maxLength: 30 }).filter((text) => /\S{3}/u.test(text));
    await fc.assert(
      fc.asyncProperty(name, fc.nat(), async (text, seed) => {
        const made = await app.nest.get(CustomersService).create(anAdmin(), { name: text });
        const words = (made.name ?? '')
          .normalize('NFC')
          .split(/\s+/)
          .filter((word) => [...word].length >= 3);
        if (made.name !== made.name?.normalize('NFC') || words.length === 0) return;
        const letters = [...(words[seed % words.length] as string)];
        const from = seed % (letters.length - 2);
        const part = letters.slice(from, from + 3).join('');
        const page = await app.nest.get(CustomersQueries).list(anAdmin(), { search: part, limit: 200 });
        expect(page.customers.map((customer) => customer.id)).toContain(made.id);
      }),
      { numRuns: 60 },
    );
  });

  it('pages without a gap or a double while rows are added', async () => {
    const seen: string[] = [];
    const before = await app.database.read.rows<{ id: string }>('select id from customer');
    for (let cursor = ''; ;) {
      const page = await get(`/api/customers?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.body.count).toBe(page.body.customers.length);
      seen.push(...page.body.customers.map((customer: { id: string }) => customer.id));
      await post('/api/customers', { name: 'Newcomer' });
      if (!page.body.next_cursor) break;
      cursor = page.body.next_cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (const { id } of before) expect(seen).toContain(id);
  });

  it('anonymises: here, in rooms that registered, and in events; the number is free again', async () => {
    const calls: string[] = [];
    let objects = true;
    app.nest.get(CustomerErasure).register({
      room: 'test',
      check: async () => (objects ? 'A call is in progress' : undefined),
      redact: async (_tx, customer) => void calls.push(`${customer.code} ${customer.phone_e164}`),
    });
    const phone = '+447700900222';
    const row = (await ensure({ phone, name: 'Erase Me', email: 'erase@example.com', source: 'call' })) as CustomerRow;
    expect((await post(`/api/customers/${row.code}/anonymise`)).status).toBe(403);
    const refused = await post(`/api/customers/${row.code}/anonymise`, {}, admin);
    expect([refused.status, refused.body.code]).toEqual([409, 'CUSTOMER_IN_USE']);
    objects = false;
    const done = await post(`/api/customers/${row.code}/anonymise`, {}, admin);
    expect(done.status).toBe(200);
    expect(done.body.customer).toMatchObject({ name: null, phone: null, email: null, anonymised: true });
    expect((await post(`/api/customers/${row.code}/anonymise`, {}, admin)).status).toBe(200);
    const audited = await app.database.read.rows(
      `select object, details from audit_entry where action = 'customer.anonymised'`,
    );
    expect(audited).toEqual([{ object: `customer:${row.id}`, details: { code: row.code } }]);
    expect(calls).toEqual([`${row.code} ${phone}`]);
    const told = await app.database.read.rows<{ text: string }>(
      'select data::text as text from event where subject_customer_id = $1 order by position',
      [row.id],
    );
    expect(told).toHaveLength(2);
    expect(told.map(({ text }) => text).join()).not.toMatch(/Erase|erase|7700900222/);
    expect(JSON.parse(told[0]!.text)).toMatchObject({ customer_id: row.code, redacted: true });
    const edit = await patch(`/api/customers/${row.code}`, { name: 'Back' });
    expect([edit.status, edit.body.code]).toEqual([409, 'CUSTOMER_ANONYMISED']);
    const next = await ensure({ phone, source: 'call' });
    expect(next?.id).not.toBe(row.id);
  });

  it('takes over records of two CRMs: the first owns the fields, and a repeat changes nothing', async () => {
    const [hubspot, salesforce] = [newId(), newId()];
    const sync = (integrationId: string, foreignId: string, rest: object, on = app) =>
      on.database.transaction((tx) =>
        on.nest
          .get(ForeignCustomers)
          .sync(tx, systemActor('sync'), { integrationId, foreignId, source: 'hubspot', ...rest }),
      );
    const record = { name: 'Grace', email: 'grace@example.com', phone: '+447700900333' };
    expect((await sync(hubspot, '1', record)).outcome).toBe('created');
    expect((await sync(hubspot, '1', record)).outcome).toBe('unchanged');
    const owned = await sync(hubspot, '1', { ...record, name: 'Grace Hopper', email: '' });
    expect(owned).toMatchObject({ outcome: 'updated', customer: { name: 'Grace Hopper', email: 'grace@example.com' } });
    const guest = await sync(salesforce, 'a', { ...record, name: 'G. H.', company: 'Navy' });
    expect(guest.customer).toMatchObject({ id: owned.customer.id, name: 'Grace Hopper', company: 'Navy' });
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, n) => sync(hubspot, 'no-phone', { name: 'No Phone' }, n % 2 ? app : second)),
    );
    expect(many.filter((result) => result.outcome === 'created')).toHaveLength(1);
    expect(new Set(many.map((result) => result.customer.id)).size).toBe(1);
    const stays = await sync(hubspot, 'no-phone', { name: 'No Phone', phone: record.phone });
    expect(stays.customer.phone_e164).toBeNull();
  });

  it('lets in whom it should', async () => {
    for (const [token, status] of [
      [app.tokenFor(aUser()), 403],
      [app.tokenFor(aKey('customers:read')), 200],
      [app.tokenFor(aKey('agents:read')), 403],
      [agent, 200],
      [admin, 200],
    ] as const) {
      expect((await get('/api/customers', token)).status).toBe(status);
    }
    expect((await app.http.get('/api/customers')).status).toBe(401);
  });

  it('refuses hostile input with 400 or 404 and the name of the field', async () => {
    const bad: [object, string][] = [
      [{ name: 'x\0y' }, 'name'],
      [{ name: 'x'.repeat(201) }, 'name'],
      [{ name: 5 }, 'name'],
      [{ name: { $ne: 1 } }, 'name'],
      [{ name: 'a', email: 'nope' }, 'email'],
      [{ name: 'a', phone: '1'.repeat(65) }, 'phone'],
      [{ name: 'a', tags: [1] }, 'tags'],
      [{ name: 'a', tags: Array(21).fill('t') }, 'tags'],
      [{ name: 'a', notes: 'n'.repeat(10_001) }, 'notes'],
      [{ name: 'a', country: 'GBR' }, 'country'],
      [{}, 'name'],
      [{ name: ' ' }, 'name'],
    ];
    for (const [body, field] of bad) {
      const reply = await post('/api/customers', body);
      expect([reply.status, Object.keys(reply.body.details ?? {})]).toEqual([400, [field]]);
    }
    expect([201, 400]).toContain(
      (await post('/api/customers', JSON.parse('{"name":"Proto","__proto__":{"tags":["x"]}}'))).status,
    );
    const cursors = ['x', Buffer.from('["a","b"]').toString('base64url'), Buffer.from('[1,2]').toString('base64url')];
    cursors.push(Buffer.from(JSON.stringify(['+275760-09-13T00:00:00.000Z', newId()])).toString('base64url'));
    for (const cursor of cursors) expect((await get(`/api/customers?cursor=${cursor}`)).status).toBe(400);
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=1e3',
      'search=%00',
      'limit=1&limit=2',
      `search=${'x'.repeat(101)}`,
    ]) {
      expect((await get(`/api/customers?${query}`)).status).toBe(400);
    }
    for (const key of ['CUST-999999', 'nope', '%00', '__proto__', 'null', '..%2f', newId(), 'CUST-001%27--']) {
      expect([400, 404]).toContain((await get(`/api/customers/${key}`)).status);
    }
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const reply = await app.http
          .post('/api/customers')
          .set('Authorization', `Bearer ${agent}`)
          .send({ name: value, phone: value, email: value, tags: value, notes: value } as object);
        expect([201, 400, 409]).toContain(reply.status);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a number that was read in another country when the record is saved back as it was shown', async () => {
    const made = await post('/api/customers', { name: 'Zodwa', phone: '(083) 555-1234', country: 'ZA' });
    const { customer_id, phone, phone_e164 } = made.body.customer as Record<string, string>;
    expect(phone_e164).toBe('+27835551234');
    const saved = await patch(`/api/customers/${customer_id}`, { phone, company: 'Solar Ltd' });
    expect(saved.body.customer).toMatchObject({ phone, phone_e164, company: 'Solar Ltd' });
  });
});
