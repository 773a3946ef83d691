import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { Allow, Public } from '../../src/platform/access/access.decorators';
import { BadGateway, Conflict } from '../../src/platform/errors';
import { AnswerHoldsSecret } from '../../src/platform/http/idempotency/idempotency.decorators';
import { IdempotencyKeys } from '../../src/platform/http/idempotency/idempotency-keys';
import { newId } from '../../src/platform/time/ids';
import { aKey, anAgent } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';
import { addTestControllers } from '../support/test-routes';
import { waitFor } from '../support/wait-for';

let runs = 0;
let gate: Promise<void> = Promise.resolve();
const closeGate = (): (() => void) => {
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  return open;
};

@Controller('api')
class KeyedController {
  @Allow(['agent'], 'leads:write')
  @Post('keyed')
  async make(@Body() body: { fail?: string }, @Query() _query: object): Promise<object> {
    runs += 1;
    const run = runs;
    await gate;
    if (body?.fail === 'conflict') throw new Conflict('not now');
    if (body?.fail === 'gateway') throw new BadGateway('not there');
    return { run };
  }

  @Allow(['agent'], null)
  @AnswerHoldsSecret()
  @HttpCode(200)
  @Post('keyed/secret')
  secret(): object {
    runs += 1;
    return { secret: `whsec_${runs}` };
  }

  @Allow(['agent'], null)
  @HttpCode(204)
  @Post('keyed/empty')
  empty(): void {
    runs += 1;
  }

  @Allow(['agent'], null)
  @Post('auth/keyed')
  auth(): object {
    return { run: (runs += 1) };
  }

  @Public()
  @Post('keyed/public')
  open(): object {
    return { run: (runs += 1) };
  }
}

describe('Idempotency-Key', () => {
  let app: TestApp;
  let second: TestApp;
  beforeAll(async () => {
    addTestControllers(KeyedController);
    app = await startTestApp();
    second = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  const agent = anAgent();
  const post = (
    key: string,
    body: object = {},
    path = '/api/keyed',
    at = app,
    actor: Parameters<TestApp['tokenFor']>[0] = agent,
  ) =>
    at.http
      .post(path)
      .set('Authorization', `Bearer ${at.tokenFor(actor)}`)
      .set('Idempotency-Key', key)
      .send(body);

  it('answers the second time as the first, in whatever process, and runs the work once', async () => {
    const key = newId();
    const first = await post(key, { a: 1, b: 2 }).expect(201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const again = await post(key, { b: 2, a: 1 }, '/api/keyed/', second).expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
  });

  it('refuses the key with another body or query', async () => {
    const key = newId();
    await post(key, { a: 1 }).expect(201);
    const { body } = await post(key, { a: 2 }).expect(409);
    expect(body).toMatchObject({ success: false, code: 'IDEMPOTENCY_KEY_REUSED' });
    await post(key, { a: 1 }, '/api/keyed?a=2').expect(409);
  });

  it('keeps the keys of callers and paths apart', async () => {
    const key = newId();
    const first = await post(key).expect(201);
    const other = await post(key, {}, '/api/keyed', app, aKey('leads:write')).expect(201);
    expect(other.body).not.toEqual(first.body);
    await post(key, {}, '/api/keyed/secret').expect(200);
  });

  it('runs two dozen at once, in two processes, once', async () => {
    const key = newId();
    const before = runs;
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) => post(key, { n: 1 }, '/api/keyed', n % 2 ? app : second)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(201));
    expect(runs - before).toBe(1);
    expect(new Set(answers.map(({ body }) => body.run)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(23);
  });

  it('keeps refusals, and tries again what failed on our side', async () => {
    const refused = newId();
    await post(refused, { fail: 'conflict' }).expect(409);
    const again = await post(refused, { fail: 'conflict' }).expect(409);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.code).toBe('CONFLICT');
    const failed = newId();
    const before = runs;
    await post(failed, { fail: 'gateway' }).expect(502);
    await post(failed, { fail: 'gateway' }).expect(502);
    expect(runs - before).toBe(2);
  });

  it('tells whoever has no patience left to come again', async () => {
    const keys = second.nest.get(IdempotencyKeys);
    keys.patienceMs = 50;
    const open = closeGate();
    const key = newId();
    const before = runs;
    const first = post(key).then((answer) => answer);
    await waitFor('the first to run', () => runs > before);
    const { headers, body } = await post(key, {}, '/api/keyed', second).expect(409);
    expect(body.code).toBe('IDEMPOTENCY_IN_PROGRESS');
    expect(headers['retry-after']).toBe('1');
    open();
    expect((await first).status).toBe(201);
    keys.patienceMs = 10_000;
    await post(key, {}, '/api/keyed', second).expect(201);
  });

  it('frees the key when its holder died', async () => {
    const open = closeGate();
    const key = newId();
    const before = runs;
    const first = post(key).then((answer) => answer);
    await waitFor('the first to run', () => runs > before);
    await app.database.transaction((tx) =>
      tx.rows(`update idempotency_key set leased_until = now() - interval '1 second' where status is null`),
    );
    open();
    const taken = await post(key, {}, '/api/keyed', second).expect(201);
    await first;
    const replayed = await post(key).expect(201);
    expect(replayed.body).toEqual(taken.body);
  });

  it('keeps an answer with a secret sealed', async () => {
    const key = newId();
    const first = await post(key, {}, '/api/keyed/secret').expect(200);
    const again = await post(key, {}, '/api/keyed/secret', second).expect(200);
    expect(again.body).toEqual(first.body);
    const rows = await app.database.read.rows(`select * from idempotency_key`);
    expect(JSON.stringify(rows)).not.toContain('whsec_');
  });

  it('replays an empty answer', async () => {
    const key = newId();
    const before = runs;
    await post(key, {}, '/api/keyed/empty').expect(204);
    await post(key, {}, '/api/keyed/empty').expect(204);
    expect(runs - before).toBe(1);
  });

  it('does nothing on routes of sign-in, for uploads and for nobody', async () => {
    const key = newId();
    const before = runs;
    for (let n = 0; n < 2; n += 1) {
      await post(key, {}, '/api/auth/keyed').expect(201);
      await app.http.post('/api/keyed/public').set('Idempotency-Key', key).expect(201);
      await app.http
        .post('/api/keyed')
        .set('Authorization', `Bearer ${app.tokenFor(agent)}`)
        .set('Idempotency-Key', key)
        .field('a', '1');
    }
    expect(runs - before).toBeGreaterThanOrEqual(4);
  });

  it('refuses what is no key, naming the header', async () => {
    for (const key of ['x'.repeat(256), 'with space', '']) {
      const { body } = await post(key).expect(400);
      expect(body.details).toHaveProperty('Idempotency-Key');
    }
  });

  it('forgets after a day and sweeps what it forgot', async () => {
    const key = newId();
    const first = await post(key, { day: 1 }).expect(201);
    await app.database.transaction((tx) => tx.rows(`update idempotency_key set expires_at = now() - interval '1 ms'`));
    const anew = await post(key, { day: 2 }).expect(201);
    expect(anew.body).not.toEqual(first.body);
    expect(await app.nest.get(IdempotencyKeys).sweep()).toBeGreaterThan(0);
    const left = await app.database.read.rows(`select id from idempotency_key`);
    expect(left).toHaveLength(1);
  });
});
