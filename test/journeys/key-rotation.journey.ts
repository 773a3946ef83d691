import { randomBytes } from 'node:crypto';
import { IdempotencyKeys } from '../../src/platform/http/idempotency/idempotency-keys';
import { hashOf } from '../../src/platform/http/idempotency/request-hash';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const newKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

describe('a new encryption key', () => {
  const [old, fresh] = [newKey('old'), newKey('fresh')];
  let first: TestApp;
  let second: TestApp | undefined;
  beforeAll(async () => {
    first = await startTestApp({ env: { ENCRYPTION_KEYS: old } });
  });
  afterAll(async () => {
    await second?.close();
    await first.close();
  });

  const request = (n: number) => ({ scopeHash: hashOf(['scope', n]), requestHash: hashOf(n) });

  it('takes over what the old one sealed, and leaves alone what does not open', async () => {
    const keys = first.nest.get(IdempotencyKeys);
    for (let n = 0; n < 205; n += 1) {
      const lease = await keys.begin(request(n));
      if ('status' in lease) throw new Error('nobody had asked before');
      await keys.keep(lease, { status: 201, headers: {}, body: `secret ${n}` }, true);
    }
    await first.database.transaction((tx) =>
      tx.rows(
        `update idempotency_key set sealed_answer = 'v1.lost.' || repeat('A', 16) || '.' || repeat('A', 40)
               where scope_hash = $1`,
        [request(0).scopeHash],
      ),
    );
    second = await startTestApp({
      databaseUrl: first.databaseUrl,
      dataDir: first.dataDir,
      env: { ENCRYPTION_KEYS: `${fresh},${old}` },
    });
    const { database, nest } = second;
    await waitFor('everything to be sealed by the new key', async () => {
      const row = await database.read.one<{ left: number }>(
        `select count(*) as left from idempotency_key where sealed_answer not like 'v1.fresh.%'`,
      );
      return row?.left === 1;
    });
    expect(await nest.get(IdempotencyKeys).begin(request(204))).toMatchObject({ status: 201, body: 'secret 204' });
  });
});
