import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { signV1, signV2 } from '../../src/modules/dialer/intake/signature';
import { Replays } from '../../src/modules/dialer/intake/replays';
import { aDialerAgent, DIALER_KEY, INTAKE } from '../support/dialer';
import fc from '../support/properties';
import { startTestApp, type TestApp } from '../support/test-app';

const SECRET = 'a-dialer-secret-for-this-test-alone';

interface Wire {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}
interface Answer {
  status: number;
  code?: string;
}

/** Sends exactly these bytes; `status` 0 when the server would not even read them. */
function send(app: TestApp, wire: Wire): Promise<Answer> {
  return new Promise((resolve) => {
    const { port } = new URL(app.url);
    let request: http.ClientRequest;
    try {
      request = http.request({ port, host: '127.0.0.1', method: wire.method, path: wire.path, headers: wire.headers });
    } catch {
      resolve({ status: 0 }); // not even HTTP
      return;
    }
    request.on('error', () => resolve({ status: 0 }));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { code?: string };
        resolve({ status: response.statusCode ?? 0, code: body.code });
      });
    });
    request.end(wire.body);
  });
}

const now = (): string => String(Math.floor(Date.now() / 1000));
const fields = {
  dialer_user_id: 'CalebG',
  lead_id: 'S1',
  phone: '+447700900123',
  city: 'Leeds',
  rank: 1.5,
  flag: true,
};

/** A request signed in the second form. */
function signedV2(more: Partial<Wire> = {}, nonce = randomBytes(8).toString('hex')): Wire {
  const timestamp = now();
  const wire = { method: 'POST', path: INTAKE, headers: {}, body: Buffer.from(JSON.stringify(fields)), ...more };
  const signature = signV2(SECRET, timestamp, nonce, { method: wire.method, url: wire.path, body: wire.body });
  return {
    ...wire,
    headers: {
      'X-Dialer-Api-Key': DIALER_KEY,
      'X-Dialer-Signature': `v2=${signature}`,
      'X-Dialer-Timestamp': timestamp,
      'X-Dialer-Nonce': nonce,
      ...(wire.method === 'POST'
        ? { 'Content-Type': 'application/json', 'Content-Length': `${wire.body.length}` }
        : {}),
      ...more.headers,
    },
  };
}

/** A request signed in the first form. */
function signedV1(data: Record<string, unknown> = fields, method = 'POST', query = '', timestamp = now()): Wire {
  const body = method === 'POST' ? Buffer.from(JSON.stringify(data)) : Buffer.alloc(0);
  return {
    method,
    path: `${INTAKE}${query}`,
    body,
    headers: {
      'X-Dialer-Api-Key': DIALER_KEY,
      'X-Dialer-Signature': signV1(SECRET, data) ?? '',
      'X-Dialer-Timestamp': timestamp,
      ...(method === 'POST' ? { 'Content-Type': 'application/json', 'Content-Length': `${body.length}` } : {}),
    },
  };
}

const GET_QUERY = '?user=CalebG&lead_id=S2&phone=%2B447700900124&city=Leeds%20West';
const GET_FIELDS = { user: 'CalebG', lead_id: 'S2', phone: '+447700900124', city: 'Leeds West' };

describe('signed requests of the dialer', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { DIALER_SECRET_KEY: SECRET } });
    await aDialerAgent(app, 'CalebG');
  });
  afterAll(() => app.close());

  it('are taken in both forms, as POST and as GET', async () => {
    expect(await send(app, signedV1())).toEqual({ status: 201 });
    expect(await send(app, signedV2())).toEqual({ status: 201 });
    expect(await send(app, signedV1(GET_FIELDS, 'GET', GET_QUERY))).toEqual({ status: 201 });
    expect(await send(app, signedV2({ method: 'GET', path: `${INTAKE}${GET_QUERY}`, body: Buffer.alloc(0) }))).toEqual({
      status: 201,
    });
    expect(await send(app, signedV2({ path: `${INTAKE}?campaign=SOLAR` }))).toEqual({ status: 201 });
  });

  it('are refused without a signature, with a stale or odd time, or an odd nonce', async () => {
    const without = async (name: string, wire: Wire): Promise<Answer> => {
      const { [name]: _gone, ...headers } = wire.headers;
      return send(app, { ...wire, headers });
    };
    const invalid = { status: 401, code: 'INVALID_SIGNATURE' };
    const stale = { status: 401, code: 'STALE_TIMESTAMP' };
    expect(await without('X-Dialer-Signature', signedV1())).toEqual(invalid);
    expect(await without('X-Dialer-Timestamp', signedV1())).toEqual(stale);
    expect(await without('X-Dialer-Nonce', signedV2())).toEqual(invalid);
    expect(await send(app, signedV1(fields, 'POST', '', String(Number(now()) - 301)))).toEqual(stale);
    expect(await send(app, signedV1(fields, 'POST', '', String(Number(now()) + 310)))).toEqual(stale);
    expect(await send(app, signedV1(fields, 'POST', '', `${now()}.0`))).toEqual(stale);
    expect(await send(app, signedV1({ ...fields, comments: 'x&lead_id=S9' }))).toEqual(invalid);
  });

  it('are taken once: an exact repeat is refused in both forms, also of many at once', async () => {
    const replayed = { status: 401, code: 'REPLAYED' };
    for (const wire of [signedV1({ ...fields, city: 'York' }), signedV2()]) {
      expect(await send(app, wire)).toEqual({ status: 201 });
      expect(await send(app, wire)).toEqual(replayed);
    }
    for (const wire of [signedV1({ ...fields, city: 'Bath' }), signedV2()]) {
      const answers = await Promise.all(Array.from({ length: 30 }, () => send(app, wire)));
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
      expect(answers.filter((answer) => answer.code === 'REPLAYED')).toHaveLength(29);
    }
    // a nonce is spent whatever is signed with it
    const nonce = randomBytes(8).toString('hex');
    expect((await send(app, signedV2({}, nonce))).status).toBe(201);
    expect(await send(app, signedV2({ body: Buffer.from('{"user":"CalebG"}') }, nonce))).toEqual(replayed);
    // the same lead again, signed anew, is an update
    const next = signedV1({ ...fields, city: 'York' }, 'POST', '', String(Number(now()) + 200));
    expect(await send(app, next)).toEqual({ status: 201 });
  });

  it('are forgotten once they could not be accepted any more', async () => {
    const rows = async (): Promise<number> =>
      (await app.database.read.one<{ n: number }>('select count(*)::int as n from dialer_request'))?.n ?? -1;
    await send(app, signedV2());
    const all = await rows();
    await app.database.transaction((tx) =>
      tx.rows(`update dialer_request set created_at = now() - interval '12 minutes'
                where id in (select id from dialer_request limit 2)`),
    );
    await app.nest.get(Replays).sweep();
    expect(await rows()).toBe(all - 2);
  });

  it('are never accepted when a byte of query, body or headers is another: 1,000 mutations', async () => {
    const headerNames = ['X-Dialer-Api-Key', 'X-Dialer-Signature', 'X-Dialer-Timestamp', 'X-Dialer-Nonce'];
    const mutation = fc.record({
      what: fc.constantFrom('body', 'query', 'path', 'method', 'twice', ...headerNames),
      how: fc.constantFrom('flip', 'insert', 'delete', 'double', 'swap', 'cut'),
      at: fc.nat(),
      byte: fc.integer({ min: 0x21, max: 0x7e }),
      form: fc.constantFrom('v2-post', 'v2-get', 'v2-both', 'v1-post', 'v1-get'),
    });
    const accepted: unknown[] = [];
    const seen = new Map<string, number>();
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const original = {
          'v2-post': () => signedV2(),
          'v2-get': () => signedV2({ method: 'GET', path: `${INTAKE}${GET_QUERY}`, body: Buffer.alloc(0) }),
          'v2-both': () => signedV2({ path: `${INTAKE}?campaign=SOLAR` }),
          'v1-post': () => signedV1(),
          'v1-get': () => signedV1(GET_FIELDS, 'GET', GET_QUERY),
        }[change.form]!();
        const mutated = mutate(original, change);
        fc.pre(mutated !== undefined && meansAnother(original, mutated, change.form.startsWith('v1')));
        const answer = await send(app, mutated!);
        sent += 1;
        seen.set(`${answer.status} ${answer.code}`, (seen.get(`${answer.status} ${answer.code}`) ?? 0) + 1);
        if (answer.status >= 200 && answer.status < 300) accepted.push({ change, path: mutated!.path });
        expect(answer.status).toBeLessThan(500);
      }),
      { seed: 23, numRuns: 1000, endOnFailure: true },
    );
    expect(sent).toBe(1000);
    expect(accepted).toEqual([]);
    expect([...seen.keys()].every((key) => /^(0|400|401|404|415) /.test(key))).toBe(true);
  });
});

interface Change {
  what: string;
  how: string;
  at: number;
  byte: number;
}

/** The request with one byte changed, put in, taken out, doubled, swapped with the next, or the rest cut off. */
function mutate(wire: Wire, { what, how, at, byte }: Change): Wire | undefined {
  const bent = (text: Buffer): Buffer => {
    if (text.length === 0) return Buffer.from([byte]);
    const i = at % text.length;
    const [before, one, after] = [text.subarray(0, i), text.subarray(i, i + 1), text.subarray(i + 1)];
    if (how === 'flip') return Buffer.concat([before, Buffer.from([byte]), after]);
    if (how === 'insert') return Buffer.concat([before, Buffer.from([byte]), one, after]);
    if (how === 'delete') return Buffer.concat([before, after]);
    if (how === 'double') return Buffer.concat([before, one, one, after]);
    if (how === 'swap') return Buffer.concat([before, after.subarray(0, 1), one, after.subarray(1)]);
    return Buffer.from(before);
  };
  const mark = wire.path.indexOf('?') < 0 ? wire.path.length : wire.path.indexOf('?');
  if (what === 'body') {
    const body = bent(wire.body);
    const typed = { 'Content-Type': 'application/json', 'Content-Length': `${body.length}` };
    return { ...wire, body, headers: { ...wire.headers, ...typed } };
  }
  if (what === 'query') {
    return { ...wire, path: `${wire.path.slice(0, mark)}?${bent(Buffer.from(wire.path.slice(mark + 1))).toString()}` };
  }
  if (what === 'path') return { ...wire, path: INTAKE.slice(0, -1) + wire.path.slice(mark) };
  if (what === 'method') return { ...wire, method: wire.method === 'GET' ? 'POST' : 'GET' };
  if (what === 'twice') return { ...wire, path: `${wire.path}${mark === wire.path.length ? '?' : '&'}city=Hull` };
  const value = wire.headers[what];
  if (value === undefined) return undefined;
  return { ...wire, headers: { ...wire.headers, [what]: bent(Buffer.from(value)).toString() } };
}

/**
 * Whether the mutated request says something else. The first form signs fields and neither bytes nor the time: another
 * spelling of the same fields is the same request to it, and a new time within the window is its known weakness.
 */
function meansAnother(one: Wire, other: Wire, isV1: boolean): boolean {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const bytes = (wire: Wire): unknown => [wire.method, wire.path, wire.headers, wire.body.toString('hex')];
  if (same(bytes(one), bytes(other))) return false;
  if (!isV1) return true;
  const meaning = (wire: Wire): unknown => {
    const { 'X-Dialer-Timestamp': _time, 'Content-Length': _length, ...headers } = wire.headers;
    const query = [...new URLSearchParams(wire.path.split('?')[1] ?? '')].sort();
    try {
      const body = wire.body.length > 0 ? Object.entries(JSON.parse(wire.body.toString()) as object).sort() : [];
      return [wire.method === 'GET' && wire.body.length > 0, headers, query, body.map(([k, v]) => [k, String(v)])];
    } catch {
      return ['unreadable', wire.body.toString('hex')];
    }
  };
  return !same(meaning(one), meaning(other));
}

describe('the dialer in production', () => {
  const KEY = 'k'.repeat(30);
  const env = {
    NODE_ENV: 'production',
    SECRET_KEY: 'x7'.repeat(20),
    ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 7).toString('base64')}`,
    DIALER_API_KEY: KEY,
    RATE_LIMIT_SCALE: '1000',
    TRUST_PROXY: '1',
    DIALER_ALLOWED_IPS: '77.68.78.43,192.168.0.0/16,2001:db8::/32',
    APP_BASE_URL: 'https://crm.example.com',
  };
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env });
    await aDialerAgent(app, 'CalebG');
  });
  afterAll(() => app.close());

  const post = (headers: Record<string, string>) => app.http.post(INTAKE).set(headers).send({ user: 'CalebG' });
  const good = { 'X-Forwarded-For': '77.68.78.43', 'X-Forwarded-Proto': 'https', 'X-Dialer-Api-Key': KEY };

  it('is let in from its addresses alone, as the trusted proxy tells them', async () => {
    for (const address of ['77.68.78.43', '::ffff:77.68.78.43', '192.168.5.5', '2001:db8::9', '6.6.6.6, 77.68.78.43']) {
      expect((await post({ ...good, 'X-Forwarded-For': address })).status).toBe(201);
    }
    for (const address of ['6.6.6.6', '77.68.78.43, 6.6.6.6', '::ffff:6.6.6.6', 'nonsense', '2001:db9::1']) {
      const reply = await post({ ...good, 'X-Forwarded-For': address });
      expect([reply.status, reply.body.code]).toEqual([403, 'ADDRESS_NOT_ALLOWED']);
    }
    const { 'X-Forwarded-For': _none, ...direct } = good;
    expect((await post(direct)).body.code).toBe('ADDRESS_NOT_ALLOWED');
  });

  it('has to come by HTTPS, and show its key in the header', async () => {
    for (const proto of ['http', 'https, http', '']) {
      const reply = await post({ ...good, 'X-Forwarded-Proto': proto });
      expect([reply.status, reply.body.code]).toEqual([403, 'HTTPS_REQUIRED']);
    }
    for (const key of ['', KEY.slice(1), `${KEY}k`, DIALER_KEY]) {
      const reply = await post({ ...good, 'X-Dialer-Api-Key': key });
      expect([reply.status, reply.body.code]).toEqual([401, 'INVALID_API_KEY']);
    }
    const { 'X-Dialer-Api-Key': _key, ...bare } = good;
    expect((await app.http.get(`${INTAKE}?api_key=${KEY}&user=CalebG`).set(bare)).status).toBe(401);
    expect((await app.http.get(`${INTAKE}?user=CalebG`).set(good)).status).toBe(201);
    expect((await app.http.get(`${INTAKE}?api_key=wrong&user=CalebG`).set(good)).status).toBe(401);
  });

  it('may show its key in the query where that is allowed, and only v2 where that is asked for', async () => {
    const open = await startTestApp({
      env: { ...env, DIALER_ALLOW_QUERY_KEY: 'true' },
      databaseUrl: app.databaseUrl,
      dataDir: app.dataDir,
    });
    const { 'X-Dialer-Api-Key': _key, ...bare } = good;
    expect((await open.http.get(`${INTAKE}?api_key=${KEY}&user=CalebG`).set(bare)).status).toBe(201);
    await open.close();
    const strict = await startTestApp({
      env: { DIALER_SECRET_KEY: SECRET, DIALER_SIGNATURE: 'v2' },
      databaseUrl: app.databaseUrl,
      dataDir: app.dataDir,
    });
    expect(await send(strict, signedV1())).toEqual({ status: 401, code: 'INVALID_SIGNATURE' });
    expect(await send(strict, signedV2())).toEqual({ status: 201 });
    await strict.close();
  });

  it('does not trust what callers forward when there is no proxy', async () => {
    const direct = await startTestApp({
      env: { ...env, TRUST_PROXY: '0', DIALER_ALLOWED_IPS: '' },
      databaseUrl: app.databaseUrl,
      dataDir: app.dataDir,
    });
    const reply = await direct.http.post(INTAKE).set(good).send({ user: 'CalebG' });
    expect([reply.status, reply.body.code]).toEqual([403, 'HTTPS_REQUIRED']);
    await direct.close();
  });
});
