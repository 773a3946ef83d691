import { Body, Controller, Get, Post } from '@nestjs/common';
import { Allow, OwnGuard, Public } from '../../src/platform/access/access.decorators';
import { Limit, Unlimited } from '../../src/platform/access/rate-limit.decorator';
import { Unauthenticated } from '../../src/platform/errors';
import { aKey, anAgent } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';
import { addTestControllers } from '../support/test-routes';

@Controller('api/limited')
class LimitedController {
  @Allow(['agent'], 'leads:read')
  @Get()
  read(): object {
    return {};
  }

  @Allow(['agent'], 'leads:read')
  @Post()
  write(): object {
    return {};
  }

  @Allow(['agent'], null)
  @Limit({ name: 'special', points: 300, seconds: 30 })
  @Post('special')
  special(): object {
    return {};
  }

  @Public()
  @Get('public')
  open(): object {
    return {};
  }

  @Public()
  @Unlimited()
  @Get('free')
  free(): object {
    return {};
  }

  @OwnGuard('test')
  @Post('signed')
  signed(@Body() body: { ok?: boolean }): object {
    if (!body.ok) throw new Unauthenticated('wrong signature');
    return {};
  }
}

describe('rate limits', () => {
  let app: TestApp;
  beforeAll(async () => {
    addTestControllers(LimitedController);
    // 6 reads, 3 writes, 3 special, 1 refusal
    app = await startTestApp({ env: { RATE_LIMIT_SCALE: '0.01', TRUST_PROXY: '1' } });
  });
  afterAll(() => app.close());

  let lastAddress = 0;
  const freshAddress = (): string => `198.51.100.${(lastAddress += 1)}`;
  const get = (path: string, token?: string, address = freshAddress()) => {
    const call = app.http.get(path).set('X-Forwarded-For', address);
    return token ? call.set('Authorization', `Bearer ${token}`) : call;
  };

  it('counts a principal wherever it calls from, tells what is left, and answers 429 with Retry-After', async () => {
    const token = app.tokenFor(anAgent());
    for (let left = 5; left >= 0; left -= 1) {
      const { headers } = await get('/api/limited', token).expect(200);
      expect(headers['ratelimit-policy']).toBe('"reads";q=6;w=60');
      expect(headers['ratelimit']).toMatch(new RegExp(`^"reads";r=${left};t=\\d+$`));
    }
    const refused = await get('/api/limited', token).expect(429);
    expect(refused.body).toMatchObject({ success: false, code: 'TOO_MANY_REQUESTS' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['ratelimit']).toMatch(/r=0/);
    await get('/api/limited', app.tokenFor(aKey('leads:read'))).expect(200);
  });

  it('counts writes apart from reads, and a route of its own apart from both', async () => {
    const token = `Bearer ${app.tokenFor(anAgent())}`;
    for (let n = 0; n < 3; n += 1) await app.http.post('/api/limited').set('Authorization', token).expect(201);
    await app.http.post('/api/limited').set('Authorization', token).expect(429);
    await app.http.get('/api/limited').set('Authorization', token).expect(200);
    const { headers } = await app.http.post('/api/limited/special').set('Authorization', token).expect(201);
    expect(headers['ratelimit-policy']).toBe('"special";q=3;w=30');
  });

  it('counts who is nobody, and whose token is wrong, by address', async () => {
    const address = freshAddress();
    for (const token of [undefined, 'made.up.token', 'cc_0123456789abcdef']) {
      await get('/api/limited', token, address).expect(401);
    }
    for (let n = 0; n < 3; n += 1) await get('/api/limited/public', undefined, address).expect(200);
    await get('/api/limited', undefined, address).expect(429);
    await get('/api/limited/public', undefined, address).expect(429);
    await get('/api/limited', app.tokenFor(anAgent()), address).expect(200);
    await get('/api/limited/public').expect(200);
  });

  it('lets the health be asked for ever, without headers', async () => {
    const address = freshAddress();
    for (let n = 0; n < 20; n += 1) {
      const { headers } = await get(n % 2 ? '/health' : '/api/limited/free', undefined, address).expect(200);
      expect(headers['ratelimit']).toBeUndefined();
    }
  });

  it('limits what a guard of its own refuses and nothing that it lets in', async () => {
    const address = freshAddress();
    const post = (body: object) => app.http.post('/api/limited/signed').set('X-Forwarded-For', address).send(body);
    await post({}).expect(401);
    await post({}).expect(429);
    for (let n = 0; n < 20; n += 1) await post({ ok: true }).expect(201);
  });
});
