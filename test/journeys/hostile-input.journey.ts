import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { OwnGuard, Public } from '../../src/platform/access/access.decorators';
import { Input } from '../../src/platform/http/input.decorator';
import { bodyDeadline } from '../../src/platform/http/slow-clients';
import { startTestApp, type TestApp } from '../support/test-app';
import { addTestControllers } from '../support/test-routes';

class Thing {
  @IsOptional()
  @IsString()
  @MaxLength(20)
  name?: string;

  @IsOptional()
  @IsInt()
  size?: number;
}

@Public()
@Controller('api/things')
class ThingsController {
  @HttpCode(200)
  @Post()
  take(@Body() thing: Thing): object {
    return { thing };
  }

  @HttpCode(200)
  @Post('either')
  either(@Input() thing: Thing): object {
    return { thing };
  }

  @Get()
  list(@Query() query: Thing): object {
    return { query };
  }

  @HttpCode(200)
  @ApiConsumes('multipart/form-data')
  @Post('file')
  file(): object {
    return {};
  }

  @Get('fault')
  fault(): never {
    throw Object.assign(new Error('select * from secret_table'), { parameters: ['p4ssw0rd'] });
  }

  @Get('nothing')
  nothing(): never {
    throw undefined as unknown as Error;
  }

  @Get('by/:id')
  one(@Param('id') id: string): object {
    return { id };
  }
}

@Controller('api/leads/from-dialer')
class FormController {
  @OwnGuard('test')
  @HttpCode(200)
  @Post()
  form(@Body() body: object): object {
    return { body };
  }
}

describe('input that means harm', () => {
  let app: TestApp;
  beforeAll(async () => {
    addTestControllers(ThingsController, FormController);
    app = await startTestApp({ env: { CORS_ORIGINS: 'https://app.example' } });
  });
  afterAll(() => app.close());

  const sent = (body: string | Buffer, type = 'application/json', path = '/api/things') =>
    app.http
      .post(path)
      .set('Content-Type', type)
      .send(body as string);

  it('reads JSON, with or without a body, with or without the slash', async () => {
    expect((await sent('{"name":"ok"}', 'application/json; charset=utf-8').expect(200)).body.thing).toEqual({
      name: 'ok',
    });
    expect((await app.http.post('/api/things').expect(200)).body.thing).toEqual({});
    await app.http.post('/api/things/either').expect(200);
    await app.http.post('/api/things/either/?name=x').expect(200);
    await app.http.get('/api/things/').expect(200);
    await app.http.head('/api/things').expect(200);
  });

  it('refuses other media types with 415, and takes forms and files where a route says so', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const { body } = await sent('name=x', type).expect(415);
      expect(body).toMatchObject({ success: false, code: 'UNSUPPORTED_MEDIA_TYPE' });
    }
    await sent('--x--', 'multipart/form-data; boundary=x', '/api/things/file').expect(200);
    await sent('{}', 'application/json', '/api/things/file').expect(415);
    const form = await sent('fullname=A+B', 'application/x-www-form-urlencoded', '/api/leads/from-dialer/').expect(200);
    expect(form.body.body).toEqual({ fullname: 'A B' });
    await sent('x', 'text/plain', '/api/leads/from-dialer').expect(415);
    await sent('{}', 'application/json; charset=klingon').expect(415);
  });

  it('names bad JSON without quoting it', async () => {
    for (const bad of ['{"name": s3cret', '{', '"text"', '[1,2]', 'null', '{"a":1}}']) {
      const { body } = await sent(bad).expect(400);
      expect(body.code).toBe('INVALID_INPUT');
      expect(body.message).toMatch(/JSON/);
      expect(JSON.stringify(body)).not.toContain('s3cret');
    }
    const dialer = await sent('{', 'application/json', '/api/leads/from-dialer').expect(400);
    expect(dialer.body).toEqual({
      error: 'The body is not valid JSON',
      code: 'INVALID_INPUT',
      details: { body: 'is not valid JSON' },
      request_id: dialer.headers['x-request-id'],
    });
  });

  it('refuses large bodies with 413, also those that grow when unpacked', async () => {
    await sent(JSON.stringify({ name: 'x'.repeat(1_100_000) })).expect(413);
    const bomb = gzipSync(Buffer.from(`{"name":"${'x'.repeat(5_000_000)}"}`));
    const packed = (body: Buffer): Promise<Response> =>
      fetch(`${app.url}/api/things`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
        body,
      });
    expect((await packed(bomb)).status).toBe(413);
    expect((await packed(bomb.subarray(0, 50))).status).toBe(400);
    expect((await packed(gzipSync(Buffer.from('{"name":"ok"}')))).status).toBe(200);
    await sent('{}').set('Content-Encoding', 'snappy').expect(415);
  });

  it('refuses __proto__, depth, NUL and half characters, naming the field', async () => {
    const cases: [string, string][] = [
      ['{"__proto__":{"admin":true}}', '__proto__'],
      ['{"a":{"b":[{"__proto__":1}]}}', 'a.b[0].__proto__'],
      ['{"name":"a\\u0000b"}', 'name'],
      ['{"name":"\\ud800"}', 'name'],
      ['{"na\\u0000me":"x"}', 'na?me'],
      [`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'a'],
      [`{"a":${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}}`, 'a'],
    ];
    for (const [json, field] of cases) {
      const { body } = await sent(json).expect(400);
      expect(Object.keys(body.details)).toEqual([field]);
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect((await app.http.get('/api/things?name=a%00b').expect(400)).body.details).toHaveProperty('name');
    expect((await app.http.get('/api/things?__proto__=1').expect(400)).body.details).toHaveProperty('__proto__');
    await app.http.get('/api/things/by/%00').expect(400);
    await app.http.get('/api/things/by/%E0%A4%A').expect(400);
    await app.http.get('/api/things?name=%E0%A4%A').expect(200);
    expect((await app.http.get('/api/things/by/%F0%9F%98%80').expect(200)).body).toEqual({ id: '😀' });
  });

  it('refuses a parameter given twice where one is wanted, naming it', async () => {
    const { body } = await app.http.get('/api/things?name=a&name=b').expect(400);
    expect(Object.keys(body.details)).toEqual(['name']);
    await app.http.get('/api/things?name[]=a&name[x]=b').expect(200);
  });

  it('answers what is not there in the shape of its surface, by any method', async () => {
    const { body } = await app.http.get('/api').expect(404);
    expect(body).toMatchObject({ success: false, code: 'NOT_FOUND', error: body.message });
    expect((await app.http.get('/api/v1/sales/no/such').expect(404)).body).toMatchObject({ detail: body.message });
    for (const method of ['put', 'patch', 'delete', 'trace', 'propfind'] as const) {
      await app.http[method as 'put']('/api/things').expect(404);
    }
    await app.http.get('//api//things').expect(404);
  });

  it('tells nothing of a fault of ours', async () => {
    for (const path of ['fault', 'nothing']) {
      const { body } = await app.http.get(`/api/things/${path}`).expect(500);
      expect(body).toEqual({
        success: false,
        message: 'Something went wrong on our side',
        error: 'Something went wrong on our side',
        code: 'INTERNAL',
        request_id: expect.any(String),
      });
    }
  });

  it('takes a sane request id and replaces others', async () => {
    expect((await app.http.get('/health').set('X-Request-Id', 'abc-1')).headers['x-request-id']).toBe('abc-1');
    expect((await app.http.get('/health').set('X-Request-Id', 'a b"')).headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });

  it('lets pages of allowed origins read the headers, and no other page read anything', async () => {
    const allowed = await app.http.get('/api/things').set('Origin', 'https://app.example');
    expect(allowed.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(allowed.headers['access-control-expose-headers']).toContain('RateLimit');
    const other = await app.http.get('/api/things').set('Origin', 'https://evil.example');
    expect(other.headers['access-control-allow-origin']).not.toBe('https://evil.example');
    await app.http
      .options('/api/things')
      .set('Origin', 'https://app.example')
      .set('Access-Control-Request-Method', 'POST')
      .expect(204);
  });

  it('closes on a client that never sends its body, without running the route', async () => {
    const guard = bodyDeadline(30);
    const server = (await import('node:http')).createServer((request, response) => {
      guard(request as never, response as never, (error?: unknown) => {
        if (error) response.writeHead((error as { status: number }).status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"a":');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    server.close();
  });
});
