import { type LiveClient, plainClient, socketIoClient } from '../support/live-clients';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('live connections of people who are really signed in', () => {
  let app: TestApp;
  const open: LiveClient[] = [];
  const keep = <C extends LiveClient>(client: C): C => {
    open.push(client);
    return client;
  };
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(async () => {
    for (const client of open) client.close();
    await app.close();
  });

  const ADA = { email: 'ada@example.com', password: 'a-long-enough-word' };
  const greeted = (client: LiveClient) =>
    waitFor('the first message', () => client.messages.some(({ type }) => type === 'connection:established'));

  it('takes access token and session cookie, the cookie from our own pages only, and ends all with the session', async () => {
    const registered = await app.http
      .post('/api/auth/register')
      .send({ ...ADA, first_name: 'Ada', last_name: 'Byron', password_confirm: ADA.password });
    expect(registered.status).toBe(201);
    const login = await app.http.post('/api/auth/login').send(ADA);
    const token = login.body.tokens.access as string;
    const cookie = ([login.headers['set-cookie']].flat() as string[]).map((text) => text.split(';', 1)[0]).join('; ');
    expect(cookie).toContain('session_id=');
    const ours = { Cookie: cookie, Origin: app.config.server.appBaseUrl };
    const theirs = { Cookie: cookie, Origin: 'https://evil.example' };

    const clients = [
      keep(plainClient(app.url, { token })),
      keep(plainClient(app.url, {}, { headers: ours })),
      keep(socketIoClient(app.url, { token })),
      keep(socketIoClient(app.url, {}, { extraHeaders: ours })),
    ];
    for (const client of clients) await greeted(client);
    const foreign = keep(socketIoClient(app.url, {}, { extraHeaders: theirs }));
    expect(await waitFor('the refusal', () => foreign.ended())).toMatch(/Origin/);
    const foreignPlain = keep(plainClient(app.url, {}, { headers: theirs }));
    expect(await waitFor('the close', () => foreignPlain.ended())).toBe(4401);

    const out = await app.http.post('/api/auth/logout').set('Authorization', `Bearer ${token}`).send({});
    expect(out.status).toBe(200);
    for (const client of clients) {
      expect(['io server disconnect', 4401]).toContain(await waitFor('the end', () => client.ended()));
    }
    const late = keep(plainClient(app.url, { token }));
    expect(await waitFor('the close', () => late.ended())).toBe(4401);
  });
});
