import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { anAdmin, aKey, anAgent } from '../support/actors';
import { Receiver } from '../support/receiver';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const LOCAL = { WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOW_PRIVATE_NETWORK: 'true' };
type Json = Record<string, never> & { webhook: Record<string, unknown>; secret: string; webhook_id: string };

describe('webhooks', () => {
  let app: TestApp;
  let receiver: Receiver;
  let token: string;

  beforeAll(async () => {
    receiver = await new Receiver().start();
    app = await startTestApp({
      env: { ...LOCAL, WEBHOOK_RETRY_SCHEDULE: '50ms,50ms,50ms,1h' },
    });
    token = app.tokenFor(anAdmin());
  });
  afterAll(async () => {
    await app.close();
    await receiver.stop();
  });
  beforeEach(() => {
    receiver.behave = (_received, response) => void response.writeHead(204).end();
  });

  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object, as = token) => {
    const request = app.http[method](`/api/webhooks${path}`).set('Authorization', `Bearer ${as}`);
    return body ? request.send(body) : request;
  };
  const register = async (path: string, more: object = {}): Promise<Json> => {
    const { body } = await call('post', '', { url: receiver.url(path), ...more }).expect(201);
    receiver.expect(path, (body as Json).secret);
    return body as Json;
  };
  const trigger = async (event: string, data: object = {}): Promise<{ event_id: string; webhooks: number }> =>
    (await call('post', '/trigger', { event, data }).expect(200)).body as never;
  const deliveries = async (id: string, query = ''): Promise<Record<string, never>[]> =>
    (await call('get', `/${id}/deliveries${query}`).expect(200)).body.deliveries as never;
  const settled = (id: string, status: string, count = 1) =>
    waitFor(`${count} ${status} of ${id}`, async () => {
      const found = (await deliveries(id)).filter((one) => one.status === status);
      return found.length >= count && found;
    });

  it('registers, lists, shows, changes and removes an endpoint, and shows its secret once', async () => {
    const made = await register('/crud', {
      events: ['contact.created', 'contact.created'],
      description: ' Call notification webhook ',
      headers: { Authorization: 'Bearer token', 'X-API-Key': 'k' },
    });
    expect(made.webhook_id).toMatch(/^wh_[0-9a-f]{16}$/);
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made.webhook).toMatchObject({
      id: made.webhook_id,
      events: ['contact.created'],
      description: 'Call notification webhook',
      headers: { Authorization: '***', 'X-API-Key': '***' },
      status: 'active',
      ordering: 'none',
    });
    const shown = await call('get', `/${made.webhook_id}/`).expect(200);
    expect(shown.body.webhook).toEqual(made.webhook);
    expect(JSON.stringify(shown.body)).not.toContain('Bearer token');
    expect(shown.body.secret).toBeUndefined();

    const list = await call('get', '/?event=contact.created&limit=1').expect(200);
    expect(list.body).toMatchObject({ success: true, count: 1, webhooks: [{ id: made.webhook_id }] });
    const other = await call('get', '/?event=contact.updated').expect(200);
    expect(other.body.webhooks.map((one: { id: string }) => one.id)).not.toContain(made.webhook_id);

    const changed = await call('patch', `/${made.webhook_id}`, { events: [], description: '', headers: {} }).expect(
      200,
    );
    expect(changed.body.webhook).toMatchObject({ events: [], description: null, headers: {} });
    await call('delete', `/${made.webhook_id}/`).expect(200);
    const gone = await call('get', `/${made.webhook_id}`).expect(404);
    expect(gone.body).toMatchObject({ success: false, code: 'WEBHOOK_NOT_FOUND' });
    await call('delete', `/${made.webhook_id}`).expect(404);
  });

  it('keeps secrets and header values sealed in the database', async () => {
    const made = await register('/sealed', { headers: { 'X-Secret': 'very-secret-value' }, ed25519: true });
    const row = await app.database.read.one('select * from webhook where code = $1', [made.webhook_id]);
    const text = JSON.stringify(row);
    expect(text).not.toContain('very-secret-value');
    expect(text).not.toContain(made.secret);
    await call('delete', `/${made.webhook_id}`);
  });

  it('refuses what it must not accept, naming the field', async () => {
    const refused = async (body: object, field: string, code = 'INVALID_INPUT') => {
      const { body: reply } = await call('post', '', { url: receiver.url('/x'), ...body }).expect(400);
      expect([body, reply.code]).toEqual([body, code]);
      expect(Object.keys(reply.details)).toEqual([field]);
      return reply;
    };
    await refused({ url: undefined }, 'url');
    await refused({ url: 7 }, 'url');
    await refused({ url: 'ftp://example.com' }, 'url', 'URL_NOT_ALLOWED');
    await refused({ url: 'http://169.254.169.254/latest' }, 'url', 'URL_NOT_ALLOWED');
    const unknown = await refused({ events: ['call.begun'] }, 'events', 'UNKNOWN_EVENT');
    expect(unknown.available).toContain('contact.created');
    await refused({ events: 'contact.created' }, 'events');
    for (const headers of [
      { Host: 'x' },
      { 'content-type': 'text/plain' },
      { 'Webhook-Signature': 'v1,x' },
      { 'X-Webhook-Id': 'x' },
      { Connection: 'close' },
      { 'Transfer-Encoding': 'chunked' },
      { 'X-A': 'a\r\nX-B: b' },
      { 'X-A\r\nX-B': 'b' },
      { 'X-A': 'ü' },
      { 'X-A': 1 },
      { 'X-A': 'a', 'x-a': 'b' },
      { '': 'x' },
      ['a'],
      'a: b',
    ]) {
      await refused({ headers }, 'headers');
    }
    await refused({ ordering: 'sometimes' }, 'ordering');
    await refused({ max_concurrency: 0 }, 'max_concurrency');
    await call('post', '/trigger', { event: 'nothing.known' })
      .expect(400)
      .expect(({ body }) => expect(body.available).toContain('contact.created'));
    await call('post', '/trigger', { event: 'contact.created', data: { text: 'x'.repeat(300_000) } }).expect(413);
    await call('get', '/not-there').expect(404);
    await call('get', '/wh_0000000000000000/deliveries').expect(404);
    await call('post', '/deliveries/nonsense/redeliver').expect(404);
    await call('get', '/?cursor=nonsense').expect(400);
  });

  it('lets in admins and keys with the scope, and nobody else', async () => {
    await app.http.get('/api/webhooks').expect(401);
    await call('get', '', undefined, app.tokenFor(anAgent())).expect(403);
    await call('get', '', undefined, app.tokenFor(aKey('leads:read'))).expect(403);
    await call('get', '', undefined, app.tokenFor(aKey('webhooks:read'))).expect(200);
    await call('post', '', { url: receiver.url() }, app.tokenFor(aKey('webhooks:read'))).expect(403);
  });

  it('lists the events with a schema and a whole delivery as example', async () => {
    const { body } = await call('get', '/events').expect(200);
    const one = body.events.find((event: { event: string }) => event.event === 'contact.created');
    expect(one.schema.type).toBe('object');
    expect(one.example).toMatchObject({ event: 'contact.created', type: 'contact.created', seq: 4711 });
    expect(body.events.map((event: { event: string }) => event.event)).not.toContain('webhook.test');
  });

  it('delivers what happens, signed so that the official library verifies it, with custom headers', async () => {
    const made = await register('/real', { events: ['contact.created'], headers: { Authorization: 'Bearer t0k3n' } });
    await app.http
      .post('/api/customers')
      .set('Authorization', `Bearer ${token}`)
      .send({ name: 'Ahmed', phone: '+966501234567' })
      .expect(201);
    const [delivery] = await settled(made.webhook_id, 'delivered');
    const [got, ...more] = receiver.at('/real');
    expect(more).toEqual([]);
    expect(got?.verified).toBe(true);
    expect(got?.headers).toMatchObject({
      authorization: 'Bearer t0k3n',
      'content-type': 'application/json',
      'x-webhook-id': made.webhook_id,
      'webhook-id': got?.body.id,
    });
    expect(Object.keys(got?.body ?? {})).toEqual(['event', 'type', 'id', 'seq', 'timestamp', 'data']);
    expect(got?.body).toMatchObject({ event: 'contact.created', type: 'contact.created', data: { name: 'Ahmed' } });
    expect(delivery).toMatchObject({
      event: 'contact.created',
      test: false,
      attempts: [{ number: 1, status_code: 204, error: null, response: '' }],
    });
    await call('delete', `/${made.webhook_id}`);
  });

  it('triggers an event, marked as a test, to those subscribed to it, and to no screen', async () => {
    const one = await register('/trigger-one', { events: ['contact.updated'] });
    const all = await register('/trigger-all');
    const data = { call_id: 'call-123', from: '+15551234567', nested: { list: [1, null, 'ü'] } };
    expect(await trigger('contact.updated', data)).toMatchObject({
      success: true,
      event: 'contact.updated',
      webhooks: 2,
    });
    expect((await trigger('contact.created', data)).webhooks).toBe(1);
    await settled(all.webhook_id, 'delivered', 2);
    await settled(one.webhook_id, 'delivered');
    expect(receiver.at('/trigger-one')).toHaveLength(1);
    expect(receiver.at('/trigger-one')[0]).toMatchObject({ verified: true, body: { test: true, data } });
    for (const { webhook_id } of [one, all]) await call('delete', `/${webhook_id}`);
    expect((await trigger('contact.created', data)).webhooks).toBe(0);
  });

  it('sends again after a failure with the same id and bytes, by the schedule, and keeps what was answered', async () => {
    const made = await register('/fails', { events: ['contact.updated'] });
    let times = 0;
    receiver.behave = (_received, response) => {
      times += 1;
      if (times === 1) response.writeHead(500).end('é'.repeat(2000));
      else if (times === 2) response.writeHead(302, { location: receiver.url('/stolen') }).end();
      else response.writeHead(200).end('\u0000fine');
    };
    await trigger('contact.updated', { n: 1 });
    const [delivery] = (await settled(made.webhook_id, 'delivered')) as never as [
      { attempts: Record<string, unknown>[] },
    ];
    expect(delivery.attempts.map((attempt) => [attempt.number, attempt.status_code])).toEqual([
      [1, 500],
      [2, 302],
      [3, 200],
    ]);
    expect(delivery.attempts[0]?.response).toBe('é'.repeat(1000));
    const got = receiver.at('/fails');
    expect(new Set(got.map((one) => one.id)).size).toBe(1);
    expect(new Set(got.map((one) => one.raw)).size).toBe(1);
    expect(got.every((one) => one.verified)).toBe(true);
    expect(receiver.at('/stolen')).toEqual([]);
    await call('delete', `/${made.webhook_id}`);
  });

  it('gives up when the schedule is over, and delivers again by hand under the same id', async () => {
    const made = await register('/gives-up', { events: ['contact.updated'] });
    await app.database.transaction((tx) =>
      tx.rows('update webhook set consecutive_failures = 0 where code = $1', [made.webhook_id]),
    );
    receiver.behave = (_received, response) => void response.writeHead(500).end('no');
    const { event_id } = await trigger('contact.updated', { n: 2 });
    await waitFor('four attempts', () => receiver.at('/gives-up').length === 4);
    const [waiting] = (await waitFor('the hour of the fifth', async () => {
      const found = await deliveries(made.webhook_id, '?status=pending');
      return (found[0] as never as { attempts: unknown[] })?.attempts.length === 4 && found;
    })) as never as [{ id: string; next_attempt_at: string; event_id: string }];
    expect(waiting.event_id).toBe(event_id);
    expect(Date.parse(waiting.next_attempt_at) - Date.now()).toBeGreaterThan(3_000_000);

    receiver.behave = (_received, response) => void response.writeHead(200).end('yes');
    const again = await call('post', `/deliveries/${waiting.id}/redeliver`).expect(200);
    expect(again.body.delivery).toMatchObject({ id: waiting.id, status: 'pending' });
    const [done] = (await settled(made.webhook_id, 'delivered')) as never as [{ attempts: unknown[] }];
    expect(done.attempts).toHaveLength(5);
    expect(new Set(receiver.at('/gives-up').map((one) => one.id))).toEqual(new Set([event_id]));
    await call('post', `/wh_0000000000000000/deliveries/${waiting.id}/redeliver`).expect(404);
    await call('delete', `/${made.webhook_id}`);
    await call('post', `/deliveries/${waiting.id}/redeliver`).expect(404);
  });

  it('signs with the old and the new secret for a day after a change', async () => {
    const made = await register('/rotates', { events: ['contact.updated'] });
    const rotated = await call('post', `/${made.webhook_id}/rotate-secret`).expect(200);
    expect(rotated.body.secret).not.toBe(made.secret);
    expect(Date.parse(rotated.body.webhook.previous_secret_until) - Date.now()).toBeGreaterThan(86_000_000);
    await trigger('contact.updated', { n: 3 });
    await settled(made.webhook_id, 'delivered');
    const [got] = receiver.at('/rotates');
    for (const secret of [made.secret, rotated.body.secret]) {
      expect(new Webhook(secret).verify(got?.raw ?? '', got?.headers as never)).toBeDefined();
    }
    await app.database.transaction((tx) =>
      tx.rows(`update webhook set previous_secret_until = now() - interval '1 s' where code = $1`, [made.webhook_id]),
    );
    await trigger('contact.updated', { n: 4 });
    await settled(made.webhook_id, 'delivered', 2);
    const last = receiver.at('/rotates').at(-1);
    expect(() => new Webhook(made.secret).verify(last?.raw ?? '', last?.headers as never)).toThrow();
    expect(new Webhook(rotated.body.secret).verify(last?.raw ?? '', last?.headers as never)).toBeDefined();
    await call('delete', `/${made.webhook_id}`);
  });

  it('signs with ed25519 too when asked', async () => {
    const made = await register('/ed25519', { events: ['contact.updated'], ed25519: true });
    expect(made.webhook.public_key).toMatch(/^whpk_/);
    await trigger('contact.updated', { n: 5 });
    await settled(made.webhook_id, 'delivered');
    const [got] = receiver.at('/ed25519');
    expect(got?.verified).toBe(true);
    const signature = /v1a,(\S+)/.exec(String(got?.headers['webhook-signature']))?.[1] ?? '';
    const key = createPublicKey({
      key: Buffer.concat([
        Buffer.from('302a300506032b6570032100', 'hex'),
        Buffer.from(String(made.webhook.public_key).slice(5), 'base64'),
      ]),
      format: 'der',
      type: 'spki',
    });
    const content = `${got?.id}.${String(got?.headers['webhook-timestamp'])}.${got?.raw}`;
    expect(verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64'))).toBe(true);
    await call('delete', `/${made.webhook_id}`);
  });

  it('tests one endpoint and says what it answered', async () => {
    const made = await register('/test');
    const bystander = await register('/bystander');
    const good = await call('post', `/${made.webhook_id}/test`).expect(200);
    expect(good.body).toMatchObject({
      success: true,
      delivered: true,
      delivery: { event: 'webhook.test', test: true, status: 'delivered', attempts: [{ status_code: 204 }] },
    });
    receiver.behave = (_received, response) => void response.writeHead(401).end('who are you');
    const bad = await call('post', `/${made.webhook_id}/test`).expect(200);
    expect(bad.body).toMatchObject({
      delivered: false,
      delivery: { status: 'failed', attempts: [{ status_code: 401, response: 'who are you' }] },
    });
    expect(receiver.at('/bystander')).toEqual([]);
    for (const { webhook_id } of [made, bystander]) await call('delete', `/${webhook_id}`);
  });
});
