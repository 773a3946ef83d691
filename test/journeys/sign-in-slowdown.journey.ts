import { cookieOf, freshEmail, PASSWORD, signedIn } from '../support/people';
import { startTestApp, type TestApp } from '../support/test-app';

describe('slowing down who guesses', () => {
  let app: TestApp;
  let second: TestApp;
  let calm: TestApp;
  const env = { RATE_LIMIT_SCALE: '1', TRUST_PROXY: '1' };
  beforeAll(async () => {
    app = await startTestApp({ env });
    const shared = { databaseUrl: app.databaseUrl, dataDir: app.dataDir };
    second = await startTestApp({ ...shared, env });
    calm = await startTestApp(shared);
  });
  afterAll(async () => {
    await calm.close();
    await second.close();
    await app.close();
  });
  // what is counted in memory of a whole process is not what is tested here
  beforeEach(() => app.database.transaction((tx) => tx.rows('delete from sign_in_slowdown')));

  let last = 0;
  /** An address nobody has used yet, in a /24 (or /64) of its own. */
  const freshAddress = (): string => `203.${Math.floor((last += 1) / 250)}.${last % 250}.7`;
  const login = (email: string, password: string, address: string, cookie = '', on = app) =>
    on.http.post('/api/auth/login').set('X-Forwarded-For', address).set('Cookie', cookie).send({ email, password });
  const guess = async (email: string, address: string, times: number, cookie = ''): Promise<number[]> => {
    const statuses = [];
    for (let n = 0; n < times; n += 1) statuses.push((await login(email, 'a wrong guess', address, cookie)).status);
    return statuses;
  };
  const later = (interval: string) =>
    app.database.transaction((tx) =>
      tx.rows(
        `update sign_in_slowdown set window_ends_at = window_ends_at - $1::interval,
           blocked_until = blocked_until - $1::interval`,
        [interval],
      ),
    );

  it('refuses the sixth guess of an address at an account, with a delay that grows', async () => {
    const { user } = await signedIn(calm, 'user');
    const address = freshAddress();
    expect(await guess(user.email, address, 6)).toEqual([401, 401, 401, 401, 401, 429]);
    const waits = [];
    for (let n = 0; n < 6; n += 1) {
      const refused = await login(user.email, PASSWORD, address);
      expect(refused.status).toBe(429);
      waits.push(Number(refused.headers['retry-after']));
      await later(`${waits.at(-1)} seconds`);
      expect((await login(user.email, 'wrong again', address)).status).not.toBe(200);
    }
    // the time runs while passwords are hashed
    expect(waits.map((seconds) => Math.ceil(seconds / 60) * 60)).toEqual([60, 120, 240, 480, 900, 900]);
    await later('900 seconds');
    await login(user.email, PASSWORD, address).expect(200);
    expect(await guess(user.email, address, 5)).toEqual([401, 401, 401, 401, 401]);
  });

  it('counts who guesses the present password in somebody else’s browser', async () => {
    const { tokens } = await signedIn(calm, 'user');
    const address = freshAddress();
    const guesses: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      const answer = await app.http
        .post('/api/auth/password/change')
        .set('X-Forwarded-For', address)
        .set('Authorization', `Bearer ${tokens.access}`)
        .send({ current_password: `guess ${n}`, new_password: 'a whole new password' });
      guesses.push(answer.status);
    }
    expect(guesses).toEqual([400, 400, 400, 400, 400, 429]);
    await app.http.get('/api/auth/me').set('Authorization', `Bearer ${tokens.access}`).expect(200);
  });

  it('treats an e-mail without an account no differently', async () => {
    const email = freshEmail();
    expect(await guess(email, freshAddress(), 6)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('counts in all processes together, and parallel guesses one by one', async () => {
    const { user } = await signedIn(calm, 'user');
    const address = freshAddress();
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => login(user.email, 'wrong', address, '', n % 2 ? app : second)),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(11);
  });

  it('slows an address down whatever accounts it tries, but not for right passwords', async () => {
    const address = freshAddress();
    const { user } = await signedIn(calm, 'user');
    for (let n = 0; n < 30; n += 1) await login(user.email, PASSWORD, address).expect(200);
    for (let n = 0; n < 20; n += 1) await login(freshEmail(), PASSWORD, address).expect(401);
    const refused = await login(freshEmail(), PASSWORD, address).expect(429);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    await later('60 seconds');
    await login(freshEmail(), PASSWORD, address).expect(401);
  });

  it('takes a subscriber of IPv6 for one address', async () => {
    const statuses = [];
    for (let n = 0; n < 21; n += 1) {
      statuses.push((await login(freshEmail(), 'wrong', `2001:db8:77:1::${n.toString(16)}`)).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });

  describe('does not shut the owner out while others hammer his account', () => {
    const hammer = async (email: string): Promise<void> => {
      for (let n = 0; n < 4; n += 1) await guess(email, freshAddress(), 3);
    };

    it('from an address nobody has guessed from', async () => {
      const { user } = await signedIn(calm, 'user');
      await hammer(user.email);
      await login(user.email, PASSWORD, freshAddress()).expect(200);
    });

    it('and answers a fresh address that guesses wrong with 429', async () => {
      const { user } = await signedIn(calm, 'user');
      await hammer(user.email);
      const address = freshAddress();
      expect(await guess(user.email, address, 2)).toEqual([429, 429]);
      // it had its one try: even the right password has to wait there now
      await login(user.email, PASSWORD, address).expect(429);
    });

    it('when a thousand addresses take part: from a known address, a known device, or by mail', async () => {
      const { user } = await signedIn(calm, 'user');
      const home = freshAddress();
      const first = await login(user.email, PASSWORD, home).expect(200);
      const device = cookieOf(first, 'session_id_device');
      for (let n = 0; n < 52; n += 1) await guess(user.email, freshAddress(), 1);
      await login(user.email, PASSWORD, freshAddress()).expect(429);
      await login(user.email, PASSWORD, home).expect(200);
      await login(user.email, PASSWORD, freshAddress(), device).expect(200);
    });

    it('also behind the same address as the attacker, on his own device', async () => {
      const { user } = await signedIn(calm, 'user');
      const office = freshAddress();
      const device = cookieOf(await login(user.email, PASSWORD, office).expect(200), 'session_id_device');
      await guess(user.email, office, 6);
      for (let n = 0; n < 16; n += 1) await login(freshEmail(), PASSWORD, office);
      await login(user.email, PASSWORD, office).expect(429);
      await login(user.email, PASSWORD, office, device).expect(200);
    });

    it('and takes a device for known only at the account it is known for', async () => {
      const mine = await signedIn(calm, 'user');
      const { user: victim } = await signedIn(calm, 'user');
      const address = freshAddress();
      const device = cookieOf(await login(mine.user.email, PASSWORD, address).expect(200), 'session_id_device');
      expect(await guess(victim.email, address, 6, device)).toEqual([401, 401, 401, 401, 401, 429]);
      const forged = `session_id_device=${device.split('=')[1]?.split('.')[0]}.${'A'.repeat(43)}`;
      expect((await login(victim.email, PASSWORD, address, forged)).status).toBe(429);
      // and a known device may not guess for ever either
      const own = await guess(mine.user.email, freshAddress(), 6, device);
      expect(own).toEqual([401, 401, 401, 401, 401, 429]);
    });
  });

  it('slows registering and asking for mails down', async () => {
    const address = freshAddress();
    const statuses = [];
    for (let n = 0; n < 21; n += 1) {
      const { status } = await app.http
        .post('/api/auth/register')
        .set('X-Forwarded-For', address)
        .send({ email: freshEmail(), password: PASSWORD });
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array<number>(20).fill(201), 429]);
    const email = freshEmail();
    const asked = [];
    for (let n = 0; n < 6; n += 1) {
      const { status } = await app.http
        .post('/api/auth/password/reset')
        .set('X-Forwarded-For', freshAddress())
        .send({ email });
      asked.push(status);
    }
    expect(asked).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
