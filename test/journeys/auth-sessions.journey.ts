import jwt from 'jsonwebtoken';
import { Authenticator, SESSION_ENDED } from '../../src/platform/access/authenticator';
import { Notifier } from '../../src/platform/database/notifier';
import { Passwords } from '../../src/modules/auth';
import { AuthSweep } from '../../src/modules/auth/auth-sweep';
import { newId } from '../../src/platform/time/ids';
import { cookieOf, freshEmail, PASSWORD, signedIn, type SignedInBody } from '../support/people';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('signing in and out', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const me = (access: string) => app.http.get('/api/auth/me').set('Authorization', `Bearer ${access}`);
  const refresh = (token: string) => app.http.post('/api/auth/refresh').send({ refresh: token });
  const registration = (email = freshEmail()) => ({
    email,
    password: PASSWORD,
    first_name: 'John',
    last_name: 'Doe',
  });

  it('registers, signs in and tells who one is, with and without a trailing slash', async () => {
    const input = registration('Mixed.Case@Example.com');
    const registered = await app.http
      .post('/api/auth/register/')
      .send({ ...input, role: 'user' })
      .expect(201);
    expect(registered.body).toMatchObject({
      success: true,
      message: expect.any(String),
      user: { email: 'mixed.case@example.com', first_name: 'John', last_name: 'Doe', role: 'user', is_active: true },
      tokens: { token_type: 'Bearer', expires_in: 900 },
    });
    expect(JSON.stringify({ ...registered.body, tokens: undefined })).not.toContain('hash');
    const login = await app.http
      .post('/api/auth/login/')
      .send({ email: ' MIXED.case@example.com ', password: PASSWORD })
      .expect(200);
    const { tokens } = login.body as SignedInBody;
    const who = await me(tokens.access).expect(200);
    expect(who.body).toMatchObject({ success: true, user: { email: 'mixed.case@example.com' }, agent: null });
  });

  it('never gives another role than user, unless an admin asks', async () => {
    for (const role of ['admin', 'agent', 'superuser']) {
      const refused = await app.http
        .post('/api/auth/register')
        .send({ ...registration(), role })
        .expect(403);
      expect(refused.body).toMatchObject({ code: 'ROLE_NOT_ALLOWED', success: false });
    }
    const user = await signedIn(app, 'user');
    const asUser = app.http.post('/api/auth/register').set('Authorization', `Bearer ${user.tokens.access}`);
    await asUser.send({ ...registration(), role: 'agent' }).expect(403);
    const admin = await signedIn(app, 'admin');
    const asAdmin = (role: string) =>
      app.http
        .post('/api/auth/register')
        .set('Authorization', `Bearer ${admin.tokens.access}`)
        .send({ ...registration(), role });
    const agent = await asAdmin('agent').expect(201);
    expect(agent.body.user.role).toBe('agent');
    expect(agent.headers['set-cookie']).toBeUndefined();
    await asAdmin('superuser').expect(400);
  });

  it('wants the two passwords equal, a password worth the name, and one account an e-mail', async () => {
    const input = registration();
    const unequal = await app.http.post('/api/auth/register').send({ ...input, password_confirm: 'other' });
    expect(unequal.status).toBe(400);
    expect(unequal.body.details).toHaveProperty('password_confirm');
    const short = await app.http.post('/api/auth/register').send({ ...input, password: 'short' });
    expect(short.status).toBe(400);
    expect(short.body.details).toHaveProperty('password');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        app.http.post('/api/auth/register').send({ ...input, password_confirm: PASSWORD }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    expect(answers.find((answer) => answer.status === 409)?.body.code).toBe('EMAIL_TAKEN');
  });

  it('answers an unknown e-mail, a wrong password and a disabled account alike, after the same hashing', async () => {
    const { user } = await signedIn(app, 'user');
    const { user: disabled } = await signedIn(app, 'user');
    await app.database.transaction((tx) =>
      tx.rows('update user_account set is_active = false where id = $1', [disabled.id]),
    );
    const matches = jest.spyOn(app.nest.get(Passwords, { strict: false }), 'matches');
    const attempts = [
      { email: user.email, password: 'wrong password' },
      { email: 'nobody@example.com', password: PASSWORD },
      { email: disabled.email, password: PASSWORD },
    ];
    const bodies = [];
    for (const attempt of attempts) {
      const { status, body } = await app.http.post('/api/auth/login').send(attempt);
      expect(status).toBe(401);
      bodies.push({ ...body, request_id: undefined });
    }
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
    expect(matches).toHaveBeenCalledTimes(3);
    expect(matches.mock.calls[1]?.[0]).toBeUndefined();
    matches.mockRestore();
    const failures = await app.database.read.rows(`select 1 from audit_entry where action = 'sign_in.failed'`);
    expect(failures).toHaveLength(3);
    expect(JSON.stringify(await app.database.read.rows('select * from audit_entry'))).not.toContain(PASSWORD);
  });

  it('ends the access token, the refresh token and the cookie with the session', async () => {
    const { tokens, cookie, user } = await signedIn(app, 'user');
    const rung: string[] = [];
    app.nest.get(Notifier).listen(SESSION_ENDED, (id) => rung.push(id));
    const actor = await app.nest.get(Authenticator).authenticate({
      headers: { authorization: `Bearer ${tokens.access}` },
      method: 'SOCKET',
    });
    if (actor?.kind !== 'user') throw new Error('signed in');
    expect(await app.nest.get(Authenticator).refresh(actor)).toMatchObject({ id: user.id });
    await app.http.post('/api/auth/logout/').set('Authorization', `Bearer ${tokens.access}`).expect(200);
    await me(tokens.access).expect(401);
    await refresh(tokens.refresh).expect(401);
    await app.http.get('/api/auth/me').set('Cookie', cookie).expect(401);
    expect(await app.nest.get(Authenticator).refresh(actor)).toBeUndefined();
    await waitFor('the ring', () => rung.includes(actor.sessionId));
  });

  it('refuses tokens that are forged, unsigned, for something else, or over', async () => {
    const { tokens } = await signedIn(app, 'user');
    const claims = jwt.decode(tokens.access) as Record<string, unknown>;
    const { exp: _exp, ...endless } = claims;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = [
      `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`,
      jwt.sign(claims, 'another key', { algorithm: 'HS256' }),
      jwt.sign(claims, app.config.secretKey, { algorithm: 'HS512' }),
      jwt.sign(endless, app.config.secretKey),
      // another first character of the signature: the last may stand for the same bytes
      tokens.access.replace(/\.([^.])([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
      tokens.refresh,
      'cck_123456789abc_nothing',
      'x'.repeat(5_000),
      '..',
      'null',
    ];
    for (const token of forged) await me(token).expect(401);
    await me(tokens.access).expect(200);
    await app.database.transaction((tx) =>
      tx.rows(`update session set expires_at = now() - interval '1 second' where id = $1`, [claims.sid]),
    );
    await me(tokens.access).expect(401);
  });

  it('lasts while it is used, but not for ever', async () => {
    const { tokens } = await signedIn(app, 'user');
    const { sid } = jwt.decode(tokens.access) as { sid: string };
    const minutesLeft = async (): Promise<number> =>
      (
        await app.database.read.one<{ minutes: number }>(
          'select extract(epoch from expires_at - now())::float8 / 60 as minutes from session where id = $1',
          [sid],
        )
      )?.minutes ?? 0;
    const age = (created: string) =>
      app.database.transaction((tx) =>
        tx.rows(
          `update session set created_at = now() - $2::interval, last_used_at = now() - interval '2 minutes',
             expires_at = now() + interval '5 minutes' where id = $1`,
          [sid, created],
        ),
      );
    await age('3 days');
    await me(tokens.access).expect(200);
    expect(await minutesLeft()).toBeGreaterThan(1_430);
    await age('29 days 23 hours');
    await me(tokens.access).expect(200);
    expect(await minutesLeft()).toBeLessThan(61);
  });

  it('forgets what is long over, and nothing else', async () => {
    const { tokens, user } = await signedIn(app, 'user');
    const old = newId();
    await app.database.transaction(async (tx) => {
      await tx.rows(
        `insert into session (id, user_id, address, expires_at) values ($1, $2, '203.0.113.1', now() - interval '91 days')`,
        [old, user.id],
      );
      for (const [key, end] of Object.entries({ old: '-1 minute', young: '1 minute' })) {
        await tx.rows(
          `insert into sign_in_slowdown (id, key, attempts, window_ends_at)
           values (gen_random_uuid(), $1, 1, now() + $2::interval)`,
          [key, end],
        );
        await tx.rows(
          `insert into password_reset (id, token_hash, expires_at)
           values (gen_random_uuid(), $1, now() + $2::interval - interval '1 day')`,
          [key, end],
        );
      }
    });
    await app.nest.get(AuthSweep, { strict: false }).sweep();
    const keys = async (sql: string) => (await app.database.read.rows<{ key: string }>(sql)).map(({ key }) => key);
    expect(await keys('select key from sign_in_slowdown')).toEqual(['young']);
    expect(await keys('select token_hash as key from password_reset where user_id is null')).toContain('young');
    expect(await keys('select token_hash as key from password_reset')).not.toContain('old');
    expect(await keys('select id::text as key from session')).not.toContain(old);
    await me(tokens.access).expect(200);
  });

  describe('refreshing', () => {
    it('gives each refresh token one use, and two tabs at once a pair each', async () => {
      const { tokens } = await signedIn(app, 'user');
      const next = await refresh(tokens.refresh).expect(200);
      expect(next.body).toEqual({
        success: true,
        access: expect.any(String),
        refresh: expect.any(String),
        expires_in: 900,
        timestamp: expect.any(String),
      });
      expect(next.body.refresh).not.toBe(tokens.refresh);
      await me(next.body.access).expect(200);
      const tabs = await Promise.all([refresh(next.body.refresh), refresh(next.body.refresh)]);
      expect(tabs.map((tab) => tab.status)).toEqual([200, 200]);
      expect(tabs[0]?.body.refresh).not.toBe(tabs[1]?.body.refresh);
      for (const tab of tabs) await refresh(tab.body.refresh).expect(200);
    });

    it('ends the whole session when a token is used again after its successor was', async () => {
      const { tokens } = await signedIn(app, 'user');
      const second = await refresh(tokens.refresh).expect(200);
      const third = await refresh(second.body.refresh).expect(200);
      await refresh(tokens.refresh).expect(401);
      await refresh(third.body.refresh).expect(401);
      await me(third.body.access).expect(401);
      const { sid } = jwt.decode(third.body.access) as { sid: string };
      const session = await app.database.read.one('select end_reason from session where id = $1', [sid]);
      expect(session).toEqual({ end_reason: 'refresh_reused' });
    });

    it('ends the whole session when the predecessor comes later than ten seconds', async () => {
      const { tokens } = await signedIn(app, 'user');
      const second = await refresh(tokens.refresh).expect(200);
      await app.database.transaction((tx) =>
        tx.rows(`update refresh_token set used_at = used_at - interval '11 seconds' where used_at is not null`),
      );
      await refresh(tokens.refresh).expect(401);
      await refresh(second.body.refresh).expect(401);
    });

    it('keeps neither refresh token nor cookie in the clear', async () => {
      const { tokens, cookie } = await signedIn(app, 'user');
      const stored = JSON.stringify([
        await app.database.read.rows('select * from refresh_token'),
        await app.database.read.rows('select * from session'),
      ]);
      expect(stored).not.toContain(tokens.refresh);
      expect(stored).not.toContain(cookie.split('=')[1]);
    });
  });

  describe('the session cookie', () => {
    it('is HttpOnly and SameSite=Lax, and Secure where the site is https', async () => {
      const secure = await startTestApp({
        databaseUrl: app.databaseUrl,
        dataDir: app.dataDir,
        env: { APP_BASE_URL: 'https://calls.example.com', SESSION_COOKIE_NAME: 'our_session' },
      });
      try {
        const email = freshEmail();
        const plain = await app.http.post('/api/auth/register').send(registration(email)).expect(201);
        const line = (plain.headers['set-cookie'] as unknown as string[])[0];
        expect(line).toMatch(/^session_id=[\w-]{43}; Max-Age=86400; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
        const login = await secure.http.post('/api/auth/login').send({ email, password: PASSWORD }).expect(200);
        for (const cookie of login.headers['set-cookie'] as unknown as string[]) expect(cookie).toMatch(/; Secure/);
        expect(cookieOf(login, 'our_session')).not.toBe('');
      } finally {
        await secure.close();
      }
    });

    it('reads, but writes only for pages of this site', async () => {
      const { cookie } = await signedIn(app, 'admin');
      await app.http.get('/api/auth/me').set('Cookie', cookie).expect(200);
      const create = (origin?: string) => {
        const post = app.http
          .post('/api/auth/api-keys')
          .set('Cookie', cookie)
          .send({ name: 'x', scopes: ['*'] });
        return origin === undefined ? post : post.set('Origin', origin);
      };
      for (const origin of [
        undefined,
        'https://evil.example',
        'null',
        `${app.url}.evil.example`,
        'http://127.0.0.1:1',
      ]) {
        const refused = await create(origin);
        expect([origin, refused.status, refused.body.code]).toEqual([origin, 403, 'ORIGIN_REFUSED']);
      }
      await create(app.url).expect(201);
      await create(app.config.server.appBaseUrl).expect(201);
    });

    it('opens sockets only for pages of this site', async () => {
      const { cookie, user } = await signedIn(app, 'user');
      const open = (origin: string) =>
        app.nest.get(Authenticator).authenticate({ headers: { cookie, origin }, method: 'SOCKET' });
      await expect(open('https://evil.example')).rejects.toThrow(/Origin/);
      const poll = (site: string) =>
        app.nest.get(Authenticator).authenticate({ headers: { cookie, 'sec-fetch-site': site }, method: 'SOCKET' });
      expect(await poll('same-origin')).toMatchObject({ kind: 'user' });
      await expect(poll('cross-site')).rejects.toThrow(/Origin/);
      expect(await open(app.config.server.appBaseUrl)).toMatchObject({ id: user.id });
    });

    it('is not given to a browser that another site sent to sign in', async () => {
      const { user } = await signedIn(app, 'user');
      const login = await app.http
        .post('/api/auth/login')
        .set('Origin', 'https://evil.example')
        .send({ email: user.email, password: PASSWORD })
        .expect(200);
      expect(cookieOf(login, 'session_id')).toBe('');
    });
  });

  it('answers whatever is sent with a clear refusal', async () => {
    const good = registration();
    const bodies: [string, unknown][] = [
      ['register', { ...good, email: ['a@example.com'] }],
      ['register', { ...good, email: 'a@example.com\r\nBcc: b@example.com' }],
      ['register', { ...good, email: 'a@example.com, b@example.com' }],
      ['register', { ...good, email: `${'a'.repeat(300)}@example.com` }],
      ['register', { ...good, password: ['aaaaaaaaaa'] }],
      ['register', { ...good, password: 'with\u0000nul in it' }],
      ['register', { ...good, password: 'p'.repeat(500_000) }],
      ['register', { ...good, first_name: 'a\u0000b' }],
      ['register', { ...good, first_name: { toString: 'x' } }],
      ['register', { ...good, role: ['admin'] }],
      ['login', { email: good.email, password: { $ne: null } }],
      ['login', { email: null, password: null }],
      ['login', [good]],
      ['refresh', { refresh: 7 }],
      ['refresh', {}],
      ['password/reset', { email: 'x\u0000@example.com' }],
      ['password/reset', { email: `victim@example.com\nBcc: evil@example.com` }],
      ['password/reset/confirm', { token: 'nothing', new_password: PASSWORD }],
      ['password/reset/confirm', { token: ['nothing'], new_password: PASSWORD }],
    ];
    for (const [path, body] of bodies) {
      const answer = await app.http.post(`/api/auth/${path}`).send(body as object);
      expect([path, body, answer.status]).toEqual([path, body, 400]);
    }
    const huge = await app.http.post('/api/auth/login').send({ ...good, password: 'p'.repeat(1_200_000) });
    expect(huge.status).toBe(413);
    const polluted = `{"__proto__":{"role":"admin"},"email":"proto@example.com","password":"${PASSWORD}"}`;
    const answer = await app.http.post('/api/auth/register').type('json').send(polluted);
    expect([answer.status, Object.keys(answer.body.details)]).toEqual([400, ['__proto__']]);
    expect(({} as { role?: string }).role).toBeUndefined();
  });
});
