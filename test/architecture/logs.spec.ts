import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../support/free-port';
import { createDatabase, databaseUrl, dropDatabase, TEMPLATE } from '../support/databases';
import { waitFor } from '../support/wait-for';

const ROOT = path.resolve(__dirname, '../..');
const NAME = 'architecture_logs';
const SECRET = 'h1dd3n';

/** The real product as a process of its own, at its most talkative, because what counts is what it really writes. */
describe('the logs', () => {
  let product: ChildProcess;
  let dataDir: string;
  let log = '';
  let url = '';

  beforeAll(async () => {
    spawnSync(process.execPath, ['scripts/start.mjs', '--build-only'], { cwd: ROOT });
    await createDatabase(NAME, TEMPLATE);
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-logs-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    product = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        PORT: String(port),
        HOST: '127.0.0.1',
        LOG_LEVEL: 'trace',
        DATA_DIR: dataDir,
        SAMPLE_DATA: 'false',
        DIALER_API_KEY: `${SECRET}-dialer-key-0123456789`,
        DATABASE_URL: databaseUrl(NAME),
      },
    });
    for (const stream of [product.stdout, product.stderr]) stream?.on('data', (chunk) => (log += String(chunk)));
    await waitFor('the product to listen', () => log.includes('listening on'), 60_000);
  }, 240_000);

  afterAll(async () => {
    const gone = new Promise((resolve) => product.once('exit', resolve));
    product.kill('SIGTERM');
    await gone;
    await dropDatabase(NAME);
    fs.rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('hold the request with its id, and no credential, cookie, password, query or body', async () => {
    const hidden = (what: string): string => `${what}-${SECRET}`;
    const json = { 'Content-Type': 'application/json' };
    const calls: [string, RequestInit][] = [
      ['/api/customers', { headers: { Authorization: `Bearer ${hidden('bearer')}` } }],
      ['/api/customers', { headers: { 'X-Api-Key': hidden('key'), Cookie: `session_id=${hidden('cookie')}` } }],
      [`/api/leads/from-dialer/?api_key=${hidden('query')}&pass=${hidden('pass')}&phone=07911123456&user=nobody`, {}],
      [`/api/leads/from-dialer?user=x`, { headers: { 'X-Dialer-Api-Key': hidden('dialer') } }],
      [`/no/such/route?token=${hidden('token')}`, {}],
      [
        '/api/auth/login',
        {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ email: 'a@example.com', password: hidden('password') }),
        },
      ],
      [
        '/api/auth/register',
        {
          method: 'POST',
          headers: json,
          body: JSON.stringify({
            email: 'b@example.com',
            password: hidden('Passw0rd'),
            first_name: 'A',
            last_name: 'B',
          }),
        },
      ],
      ['/api/auth/login', { method: 'POST', headers: json, body: `{"password": "${hidden('broken')}` }],
      ['/api/auth/refresh', { method: 'POST', headers: json, body: JSON.stringify({ refresh: hidden('refresh') }) }],
      [
        '/api/auth/password/reset/confirm',
        {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ token: hidden('reset'), new_password: hidden('new') }),
        },
      ],
      [`/socket.io/?EIO=4&transport=polling&token=${hidden('socket')}`, {}],
      [`/ws/updates?token=${hidden('ws')}`, { headers: { Origin: 'http://evil.example' } }],
      [`/metrics?x=${hidden('metrics')}`, { headers: { Authorization: `Bearer ${hidden('scrape')}` } }],
    ];
    for (const [place, init] of calls) {
      const headers = {
        ...(init.headers as Record<string, string>),
        'X-Request-Id': `call-${calls.findIndex((c) => c[0] === place)}`,
      };
      await (await fetch(url + place, { ...init, headers })).arrayBuffer();
    }
    await waitFor('the log of the last request', () => log.includes('"path":"/metrics"'));
    expect(log).toContain('"path":"/api/leads/from-dialer');
    expect(log).toContain('"id":"call-0"');
    const lines = log.split('\n').filter((line) => line.includes(SECRET));
    expect(lines).toEqual([]);
    expect(log).not.toMatch(/"authorization"|"cookie"|07911123456/i);
  });
});
