import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { DtechGateway } from '../../sandbox/dtech/dtech-gateway';
import { SalesClient } from '../../src/clients/sales-client';
import { createDatabase, databaseUrl, dropDatabase, TEMPLATE } from '../support/databases';
import { ACCOUNT, aSale, realm, sellingThrough } from '../support/dtech';
import { freePort } from '../support/free-port';
import { build, type Product, signIn, startProduct, WITH_ADMIN } from '../support/product';
import { waitFor } from '../support/wait-for';

const NAME = 'faults_uploads';
const SIZE = 20 * 1024 * 1024;

// starting a process takes a second on a quiet machine and many on a busy one
jest.setTimeout(240_000);

describe('uploads while processes end', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'call-centre-uploads-'));
  const gateway = new DtechGateway(realm, ACCOUNT);
  const running: Product[] = [];
  let env: Record<string, string>;
  let spid: string;

  const start = async (): Promise<{ product: Product; client: SalesClient }> => {
    const product = await startProduct(env);
    running.push(product);
    return { product, client: await clientOf(product) };
  };
  const clientOf = async (product: Product): Promise<SalesClient> =>
    new SalesClient(product.url, await signIn(product));
  const file = (): { name: string; md5: string } => {
    const content = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), randomBytes(SIZE)]);
    const name = path.join(directory, 'recording.wav');
    fs.writeFileSync(name, content);
    return { name, md5: createHash('md5').update(content).digest('base64') };
  };
  /** What was told of an upload: statuses, attempts, failures; how far it was in between is left out. */
  const trail = async (id: string): Promise<string[]> => {
    const database = new pg.Client({ connectionString: databaseUrl(NAME) });
    await database.connect();
    const { rows } = await database.query<{ line: string }>(
      `select concat_ws(' ', data->>'status', data->>'attempts', data->>'failure') as line
         from event where data->>'upload_id' = $1 order by position`,
      [id],
    );
    await database.end();
    return rows.map(({ line }) => line).filter((line, at, all) => line !== all[at - 1]);
  };
  /** What the gateway's store has under this hash. */
  const stored = (md5: string) => [...gateway.uploads.values()].filter((upload) => upload.md5 === md5);

  beforeAll(async () => {
    fs.chmodSync(directory, 0o755);
    build();
    await createDatabase(NAME, TEMPLATE);
    env = {
      DATA_DIR: path.join(directory, 'data'),
      DATABASE_URL: databaseUrl(NAME),
      PORT: String(await freePort()),
      ...WITH_ADMIN,
      ...sellingThrough(await gateway.listen()),
    };
  }, 120_000);

  afterAll(async () => {
    for (const { child, exit } of running) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exit;
    }
    await gateway.close();
    await dropDatabase(NAME);
    fs.rmSync(directory, { recursive: true, force: true });
  });

  it('completes after its worker was killed in the middle: stored once, under one id, with the same MD5', async () => {
    const { product, client } = await start();
    const sale = await client.start(aSale());
    spid = sale.sales_process_id;
    const { name, md5 } = file();
    gateway.faults = [{ route: '/store/', kind: 'stall', value: SIZE / 2, times: 1 }];
    const { upload_id } = await client.upload(spid, name);
    await waitFor('the middle of the upload', () => gateway.stalled === 1);
    product.child.kill('SIGKILL');
    await product.exit;

    const { client: after } = await start();
    const done = await after.finished(upload_id);
    expect(await trail(upload_id)).toEqual(['pending 0', 'uploading 1', 'uploading 2', 'complete 2']);
    expect(done).toMatchObject({ status: 'complete', attempts: 2, sent_bytes: SIZE + 12, failure: null });
    expect(stored(md5)).toEqual([
      expect.objectContaining({ recordingId: done.recording_id, puts: 1, stored: { size: SIZE + 12, md5 } }),
    ]);
  });

  it('is handed on when the process is asked to stop, and the broken attempt does not count', async () => {
    const product = running.at(-1) as Product;
    const client = await clientOf(product);
    const { name, md5 } = file();
    gateway.faults = [{ route: '/store/', kind: 'stall', value: SIZE / 2, times: 1 }];
    const { upload_id } = await client.upload(spid, name);
    await waitFor('the middle of the upload', () => gateway.stalled === 1);
    product.child.kill('SIGTERM');
    expect(await product.exit).toEqual({ code: 0, signal: null });

    const { client: after } = await start();
    const done = await after.finished(upload_id);
    // handed on uncounted; what a busy machine's store makes of the attempts after that is not this test's matter
    const steps = await trail(upload_id);
    expect(steps.slice(0, 4)).toEqual(['pending 0', 'uploading 1', 'pending 0', 'uploading 1']);
    expect(done).toMatchObject({ status: 'complete', failure: null });
    expect(stored(md5)).toEqual([expect.objectContaining({ puts: 1, stored: { size: SIZE + 12, md5 } })]);
  });
});
