import { knownFields } from '../../src/modules/dialer/intake/dialer-field';
import '../../src/modules/dialer/intake/dialer-lead.dto';
import { aDialerAgent, DIALER_KEY, INTAKE, postLead } from '../support/dialer';
import fc from '../support/properties';
import { startTestApp, type TestApp } from '../support/test-app';

const SECRETS = { pass: 'hunter2-pass', orig_pass: 'hunter2-orig', phone_pass: 'hunter2-phone' };

describe('whatever a dialer sends', () => {
  let app: TestApp;
  const written: string[] = [];
  const spies: jest.SpyInstance[] = [];

  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr]) {
      spies.push(
        jest.spyOn(stream, 'write').mockImplementation((data) => {
          written.push(String(data));
          return true;
        }),
      );
    }
    app = await startTestApp({ env: { LOG_LEVEL: 'trace' } });
    await aDialerAgent(app, 'CalebG');
  });
  afterAll(async () => {
    await app.close();
    for (const spy of spies) spy.mockRestore();
  });

  it('is right or a clear 400 that names the field: 400 mutations of all fields', async () => {
    const names = [...knownFields().keys()].filter((name) => !['user', 'dialer_user_id'].includes(name));
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        'x'.repeat(10_001),
        '🌞'.repeat(5000),
        '--A--name--B--',
        '0000-00-00',
        'a\0b',
        '\ud800',
        "'; drop table lead; --",
      ),
      fc.constantFrom('1e400', '-1', 'NaN', '2024-02-30', '٠٥٠١٢٣٤٥٦٧', '(083) 555-5555', '+966501234567', ''),
      fc.double(),
      fc.jsonValue({ maxDepth: 4 }),
    );
    const answers = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, fc.string({ maxLength: 20 })),
          value,
          {
            maxKeys: 6,
          },
        ),
        async (fields) => {
          const body = JSON.stringify({ ...fields, user: 'CalebG' });
          const reply = await app.http
            .post(INTAKE)
            .set({ 'X-Dialer-Api-Key': DIALER_KEY, 'Content-Type': 'application/json' })
            .send(body);
          answers.set(reply.status, (answers.get(reply.status) ?? 0) + 1);
          if (reply.status === 201) return;
          expect(reply.status).toBe(400);
          expect(Object.keys(reply.body.details as object).length).toBeGreaterThan(0);
          expect(reply.body.error).toEqual(expect.any(String));
        },
      ),
      { seed: 24, numRuns: 400 },
    );
    expect(answers.get(201)).toBeGreaterThan(50);
    expect(answers.get(400)).toBeGreaterThan(50);
  });

  it('keeps phones of every form, emoji, 10,000 characters and unknown fields; __proto__ changes nothing', async () => {
    const phones: [object, string | null][] = [
      [{ phone: '(083) 555-5555', country_code: 'ZA' }, '+27835555555'],
      [{ phone: '0044 20 7946 0958' }, '+442079460958'],
      [{ phone: '+966501234567' }, '+966501234567'],
      [{ phone: '٠٥٠٧٦٥٤٣٢١', country_code: 'SA' }, '+966507654321'],
      [{ phone_number: '--A--phone_number--B--' }, null],
    ];
    for (const [fields, e164] of phones) {
      const reply = await postLead(app, { user: 'CalebG', ...fields });
      expect([reply.status, reply.body.lead.phone_e164]).toEqual([201, e164]);
    }
    const comments = '🌞é'.repeat(5000);
    const reply = await postLead(app, { user: 'CalebG', lead_id: 'long', comments, mystery: { a: [1, 'b'] } });
    expect(reply.body.lead).toMatchObject({ comments, dialer_data: { mystery: { a: [1, 'b'] } } });
    const tooLong = await postLead(app, { user: 'CalebG', comments: `${comments}x` });
    expect([tooLong.status, tooLong.body.details]).toEqual([400, { comments: 'must be at most 10000 characters' }]);
    const proto = await app.http
      .post(INTAKE)
      .set({ 'X-Dialer-Api-Key': DIALER_KEY, 'Content-Type': 'application/json' })
      .send('{"user":"CalebG","constructor":{"prototype":{"polluted":1}},"toString":"x"}');
    expect([proto.status, proto.body.lead.dialer_data]).toEqual([201, { toString: 'x' }]);
    const worse = await app.http
      .post(INTAKE)
      .set({ 'X-Dialer-Api-Key': DIALER_KEY, 'Content-Type': 'application/json' })
      .send('{"user":"CalebG","__proto__":{"polluted":1}}');
    expect([worse.status, Object.keys(worse.body.details as object)]).toEqual([400, ['__proto__']]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    for (const body of ['[]', '"text"', '1', 'null', '{', '{"user":{}}', '{"user":["a","b"]}', '{"user":""}']) {
      const odd = await app.http
        .post(INTAKE)
        .set({ 'X-Dialer-Api-Key': DIALER_KEY, 'Content-Type': 'application/json' })
        .send(body);
      expect(odd.status).toBe(400);
    }
  });

  it('never brings a key or a password into the logs', async () => {
    const query = new URLSearchParams({ api_key: DIALER_KEY, user: 'CalebG', ...SECRETS });
    expect((await app.http.get(`${INTAKE}?${query}`)).status).toBe(201);
    expect((await postLead(app, { user: 'CalebG', ...SECRETS, api_key: DIALER_KEY })).status).toBe(201);
    expect((await postLead(app, { user: 'Nobody', ...SECRETS })).status).toBe(404);
    expect((await app.http.get(`${INTAKE}?${query}&api_key=wrong-key-hunter2`)).status).toBe(401);
    expect((await postLead(app, { user: 'CalebG', ...SECRETS, date_of_birth: 'hunter2' })).status).toBe(400);
    const log = written.join('');
    expect(log).toContain('/api/leads/from-dialer');
    for (const secret of [DIALER_KEY, 'hunter2']) expect(log).not.toContain(secret);
  });
});
