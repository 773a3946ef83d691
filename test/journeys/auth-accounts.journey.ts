import { Authenticator, SESSION_ENDED } from '../../src/platform/access/authenticator';
import { Notifier } from '../../src/platform/database/notifier';
import { makeAdmin, NewUserSteps, SAMPLE_CREDENTIALS } from '../../src/modules/auth';
import { SampleData } from '../../src/platform/sample-data/sample-data';
import { cookieOf, freshEmail, PASSWORD, type SignedInBody, signedIn } from '../support/people';
import { mailsTo, resetTokenFor } from '../support/outbox';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('accounts', () => {
  let app: TestApp;
  let admin: SignedInBody;
  beforeAll(async () => {
    app = await startTestApp();
    admin = await signedIn(app, 'admin');
  });
  afterAll(() => app.close());

  const bearer = (access: string): [string, string] => ['Authorization', `Bearer ${access}`];
  const me = (access: string) => app.http.get('/api/auth/me').set(...bearer(access));
  const login = (email: string, password: string) => app.http.post('/api/auth/login').send({ email, password });
  const change = (id: string, patch: object, by = admin) =>
    app.http
      .patch(`/api/auth/users/${id}`)
      .set(...bearer(by.tokens.access))
      .send(patch);

  describe('changing the password', () => {
    const changed = (access: string, current_password: string, new_password: string) =>
      app.http
        .post('/api/auth/password/change/')
        .set(...bearer(access))
        .send({ current_password, new_password });

    it('wants the present one, keeps this session and ends the others and what was mailed', async () => {
      const { user, tokens } = await signedIn(app, 'user');
      const other = await login(user.email, PASSWORD).expect(200);
      await app.http.post('/api/auth/password/reset/').send({ email: user.email }).expect(200);
      const mailed = await resetTokenFor(app, user.email);
      const wrong = await changed(tokens.access, 'not the password', 'a whole new password').expect(400);
      expect(wrong.body).toMatchObject({ code: 'WRONG_PASSWORD', details: { current_password: 'is wrong' } });
      const short = await changed(tokens.access, PASSWORD, 'short').expect(400);
      expect(Object.keys(short.body.details)).toEqual(['new_password']);
      await changed(tokens.access, PASSWORD, 'a whole new password').expect(200);
      await me(tokens.access).expect(200);
      await me(other.body.tokens.access).expect(401);
      await login(user.email, PASSWORD).expect(401);
      await login(user.email, 'a whole new password').expect(200);
      await app.http
        .post('/api/auth/password/reset/confirm/')
        .send({ token: mailed, new_password: 'by the mailbox' })
        .expect(400);
      const audit = await app.database.read.rows(
        `select details from audit_entry where action = 'user.password_changed' and object = $1`,
        [`user:${user.id}`],
      );
      expect(audit).toEqual([{ details: {} }]);
    });

    it('lets one of two changes at once win', async () => {
      const { user, tokens } = await signedIn(app, 'user');
      const answers = await Promise.all(
        ['first password', 'second password'].map((text) => changed(tokens.access, PASSWORD, text)),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400]);
      await login(user.email, answers[0]?.status === 200 ? 'first password' : 'second password').expect(200);
    });
  });

  describe('forgotten passwords', () => {
    const ask = (email: string) => app.http.post('/api/auth/password/reset/').send({ email }).expect(200);
    const confirm = (token: string, new_password: string) =>
      app.http.post('/api/auth/password/reset/confirm/').send({ token, new_password });

    it('mails a token that sets a new password once and ends every session', async () => {
      const { user, tokens } = await signedIn(app, 'user');
      const known = await ask(user.email.toUpperCase());
      const unknown = await ask('nobody-at-all@example.com');
      expect({ ...unknown.body, timestamp: '' }).toEqual({ ...known.body, timestamp: '' });
      const token = await resetTokenFor(app, user.email);
      const stored = JSON.stringify([
        await app.database.read.rows('select * from password_reset'),
        await app.database.read.rows('select * from mail'),
      ]);
      expect(stored).not.toContain(token);
      const done = await confirm(token, 'a whole new password').expect(200);
      expect(cookieOf(done, 'session_id_device')).not.toBe('');
      await me(tokens.access).expect(401);
      await app.http.post('/api/auth/refresh').send({ refresh: tokens.refresh }).expect(401);
      await login(user.email, PASSWORD).expect(401);
      await login(user.email, 'a whole new password').expect(200);
      const again = await confirm(token, 'and another one').expect(400);
      expect(again.body.code).toBe('RESET_TOKEN_REFUSED');
      expect(mailsTo(app, 'nobody-at-all@example.com')).toHaveLength(0);
    });

    it('lets one of two confirmations with one token win', async () => {
      const { user } = await signedIn(app, 'user');
      await ask(user.email);
      const token = await resetTokenFor(app, user.email);
      const answers = await Promise.all(['first password', 'second password'].map((text) => confirm(token, text)));
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400]);
      const winner = answers[0]?.status === 200 ? 'first password' : 'second password';
      await login(user.email, winner).expect(200);
    });

    it('drops older tokens once one was used, tokens after an hour, and disabled accounts', async () => {
      const { user } = await signedIn(app, 'user');
      await ask(user.email);
      await ask(user.email);
      const tokens = [await resetTokenFor(app, user.email, 1), await resetTokenFor(app, user.email, 2)];
      await confirm(tokens[1] ?? '', 'a whole new password').expect(200);
      await confirm(tokens[0] ?? '', 'a whole other password').expect(400);
      await ask(user.email);
      const late = await resetTokenFor(app, user.email, 3);
      await app.database.transaction((tx) =>
        tx.rows(`update password_reset set expires_at = now() - interval '1 second' where user_id = $1`, [user.id]),
      );
      await confirm(late, 'too late for this').expect(400);
      await change(user.id, { is_active: false }).expect(200);
      await ask(user.email);
      const owed = await app.database.read.rows('select 1 from mail where to_address = $1', [user.email]);
      expect(owed).toHaveLength(3);
    });
  });

  describe('API keys', () => {
    const keys = () => app.http.get('/api/auth/api-keys').set(...bearer(admin.tokens.access));
    const make = (body: object, access = admin.tokens.access) =>
      app.http
        .post('/api/auth/api-keys/')
        .set(...bearer(access))
        .send(body);

    it('shows a key once, keeps its hash, notes its use and ends it at once when it is revoked', async () => {
      const made = await make({ name: 'Reporting', scopes: ['calls:read', 'events:read'] }).expect(201);
      const { key, api_key: shown } = made.body as { key: string; api_key: { id: string; prefix: string } };
      expect(key.startsWith(`${shown.prefix}_`)).toBe(true);
      const authenticate = (headers: Record<string, string>) =>
        app.nest.get(Authenticator).authenticate({ headers, method: 'GET' });
      const actor = { kind: 'api_key', id: shown.id, role: 'service', scopes: ['calls:read', 'events:read'] };
      expect(await authenticate({ authorization: `Bearer ${key}` })).toEqual(actor);
      expect(await authenticate({ 'x-api-key': key })).toEqual(actor);
      await app.http.get('/api/auth/me').set('X-Api-Key', key).expect(403);
      const listed = await keys().expect(200);
      expect(listed.body.api_keys[0]).toMatchObject({
        id: shown.id,
        last_used_at: expect.any(String),
        revoked_at: null,
      });
      expect(JSON.stringify(listed.body)).not.toContain(key);
      const stored = JSON.stringify(await app.database.read.rows('select * from api_key'));
      expect(stored).not.toContain(key.slice(shown.prefix.length + 1));

      const rung: string[] = [];
      app.nest.get(Notifier).listen(SESSION_ENDED, (id) => rung.push(id));
      const revoke = () => app.http.delete(`/api/auth/api-keys/${shown.id}`).set(...bearer(admin.tokens.access));
      await revoke().expect(200);
      await revoke().expect(404);
      await expect(authenticate({ 'x-api-key': key })).rejects.toThrow();
      await waitFor('the ring', () => rung.includes(shown.id));
      const audit = await app.database.read.rows<{ action: string }>(
        'select action, details from audit_entry where object = $1 order by created_at',
        [`api_key:${shown.id}`],
      );
      expect(audit.map(({ action }) => action)).toEqual(['api_key.created', 'api_key.revoked']);
      expect(JSON.stringify(audit)).not.toContain(key);
    });

    it('are for admins, with scopes that exist', async () => {
      const agent = await signedIn(app, 'agent');
      await make({ name: 'x', scopes: ['*'] }, agent.tokens.access).expect(403);
      await app.http.get('/api/auth/api-keys').expect(401);
      for (const scopes of [[], ['calls:fly'], 'calls:read', [['calls:read']], null]) {
        await make({ name: 'x', scopes }).expect(400);
      }
      await app.http
        .delete('/api/auth/api-keys/999')
        .set(...bearer(admin.tokens.access))
        .expect(404);
    });
  });

  describe('administration', () => {
    const list = (query: string) => app.http.get(`/api/auth/users${query}`).set(...bearer(admin.tokens.access));

    it('lists users in pages that stay right, with filters', async () => {
      const wanted = [];
      for (let n = 0; n < 3; n += 1) {
        const email = freshEmail();
        wanted.unshift(email);
        const body = { email, password: PASSWORD, first_name: 'Percy', last_name: '100%_Sure' };
        await app.http.post('/api/auth/register').send(body).expect(201);
      }
      const found: string[] = [];
      let cursor = '';
      do {
        const page = await list(`?search=100%25_sure&role=user&status=active&limit=2${cursor}`).expect(200);
        found.push(...page.body.users.map((user: { email: string }) => user.email));
        expect(page.body.count).toBe(page.body.users.length);
        cursor = page.body.next_cursor ? `&cursor=${page.body.next_cursor}` : '';
      } while (cursor);
      expect(found).toEqual(wanted);
      expect((await list('?search=100x').expect(200)).body.users).toEqual([]);
      for (const query of ['?limit=0', '?role=boss', '?cursor=abc', '?cursor=WyJ4IiwieSJd', '?search=a&search=b']) {
        await list(query).expect(400);
      }
      const user = await signedIn(app, 'user');
      await app.http
        .get('/api/auth/users')
        .set(...bearer(user.tokens.access))
        .expect(403);
    });

    it('gives a new role at once, tells the rooms above and long connections, and keeps a record', async () => {
      const { user, tokens } = await signedIn(app, 'user');
      const steps: unknown[] = [];
      app.nest.get(NewUserSteps, { strict: false }).register(async (_tx, _actor, { id, role }) => {
        if (id === user.id) steps.push(role);
      });
      const reader = app.nest.get(Authenticator);
      const before = await reader.authenticate({
        headers: { authorization: `Bearer ${tokens.access}` },
        method: 'GET',
      });
      if (!before) throw new Error('signed in');
      const changed = await change(user.id, { role: 'agent', first_name: 'Jane' }).expect(200);
      expect(changed.body.user).toMatchObject({ role: 'agent', first_name: 'Jane' });
      expect((await me(tokens.access).expect(200)).body.user.role).toBe('agent');
      expect(await reader.refresh(before)).toMatchObject({ id: user.id, role: 'agent' });
      expect(steps).toEqual(['agent']);
      const record = await app.database.read.one('select actor, details from audit_entry where object = $1', [
        `user:${user.id}`,
      ]);
      expect(record).toMatchObject({ actor: { id: admin.user.id }, details: { from: 'user', to: 'agent' } });
      await change(user.id, { role: 'boss' }).expect(400);
      await change('01890a5d-ac96-774b-bcce-b302099a8057', { role: 'user' }).expect(404);
      await change('999', { role: 'user' }).expect(404);
    });

    it('ends the sessions of who is disabled, and takes him back', async () => {
      const { user, tokens } = await signedIn(app, 'user');
      await change(user.id, { is_active: false }).expect(200);
      await me(tokens.access).expect(401);
      await app.http.post('/api/auth/refresh').send({ refresh: tokens.refresh }).expect(401);
      await login(user.email, PASSWORD).expect(401);
      await change(user.id, { is_active: true }).expect(200);
      await me(tokens.access).expect(401);
      await login(user.email, PASSWORD).expect(200);
    });

    it('undoes a registration whose step fails', async () => {
      const email = freshEmail();
      app.nest.get(NewUserSteps, { strict: false }).register(async (_tx, _actor, user) => {
        if (user.email === email) throw new Error('no profile to be had');
      });
      await app.http.post('/api/auth/register').send({ email, password: PASSWORD }).expect(500);
      expect(await app.database.read.one('select 1 from user_account where email = $1', [email])).toBeUndefined();
    });

    it('keeps the last active admin, also when two remove each other at once', async () => {
      const other = await signedIn(app, 'admin');
      for (const patch of [{ is_active: false }, { role: 'user' }]) {
        const answers = await Promise.all([change(other.user.id, patch, admin), change(admin.user.id, patch, other)]);
        const statuses = answers.map((answer) => answer.status).sort();
        // the loser is refused as the last admin, or finds that he is no admin any more
        expect(statuses[0]).toBe(200);
        expect([401, 403, 409]).toContain(statuses[1]);
        const left = await app.database.read.rows<{ id: string }>(
          `select id from user_account where role = 'admin' and is_active`,
        );
        expect(left).toHaveLength(1);
        await app.database.transaction((tx) =>
          tx.rows(`update user_account set role = 'admin', is_active = true where id = any($1::uuid[])`, [
            [admin.user.id, other.user.id],
          ]),
        );
        await app.database.transaction((tx) =>
          tx.rows(`update session set ended_at = null, end_reason = null where user_id = any($1::uuid[])`, [
            [admin.user.id, other.user.id],
          ]),
        );
      }
      await change(other.user.id, { role: 'user' }).expect(200);
      expect((await change(admin.user.id, { role: 'agent' }).expect(409)).body.code).toBe('LAST_ADMIN');
      await change(admin.user.id, { is_active: false }).expect(409);
    });
  });

  it('refuses to change or delete what is in the audit', async () => {
    for (const statement of ['delete from audit_entry', `update audit_entry set action = 'x'`]) {
      await expect(app.database.transaction((tx) => tx.rows(statement))).rejects.toThrow(/neither changed nor deleted/);
    }
  });
});

describe('the sample accounts', () => {
  it('are made in an empty database, also beside the first admin, and let one sign in', async () => {
    const env = { SAMPLE_DATA: 'true', ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD: 'the first password' };
    const app = await startTestApp({ env });
    try {
      await app.nest.get(SampleData).createOnce();
      const { admin, user } = SAMPLE_CREDENTIALS;
      for (const [role, credentials] of Object.entries({ admin, user })) {
        const login = await app.http.post('/api/auth/login').send(credentials).expect(200);
        expect(login.body.user.role).toBe(role);
      }
    } finally {
      await app.close();
    }
  });
});

describe('npm run create-admin', () => {
  it('makes an admin, and gives an account that exists the role and the password, ending its sessions', async () => {
    const app = await startTestApp();
    try {
      const made = { email: 'Root@example.com', password: 'the root password' };
      expect(await makeAdmin(app.database, made)).toBe('created');
      await app.http.post('/api/auth/login').send(made).expect(200);
      const { user, tokens } = await signedIn(app, 'user');
      const taken = { email: user.email, password: 'another root password' };
      await app.http.post('/api/auth/password/reset/').send({ email: user.email }).expect(200);
      const mailed = await resetTokenFor(app, user.email);
      expect(await makeAdmin(app.database, taken)).toBe('promoted');
      await app.http.get('/api/auth/me').set('Authorization', `Bearer ${tokens.access}`).expect(401);
      const login = await app.http.post('/api/auth/login').send(taken).expect(200);
      expect(login.body.user.role).toBe('admin');
      await app.http
        .post('/api/auth/password/reset/confirm')
        .send({ token: mailed, new_password: 'by the mailbox' })
        .expect(400);
    } finally {
      await app.close();
    }
  });
});

describe('the first admin', () => {
  it('is made at start from the environment, once, by whichever process comes first, beside sample data', async () => {
    const env = { ADMIN_EMAIL: 'Boss@example.com', ADMIN_PASSWORD: 'the first password' };
    const first = await startTestApp({ env });
    const both = await Promise.all(
      [1, 2].map(() => startTestApp({ env, databaseUrl: first.databaseUrl, dataDir: first.dataDir })),
    );
    try {
      const admins = await first.database.read.rows('select email, role from user_account');
      expect(admins).toEqual([{ email: 'boss@example.com', role: 'admin' }]);
      await first.http
        .post('/api/auth/login')
        .send({ email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD })
        .expect(200);
    } finally {
      for (const app of both) await app.close();
      await first.close();
    }
  });
});
