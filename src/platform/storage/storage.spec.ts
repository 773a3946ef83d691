import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ObjectStore } from '../../../sandbox/object-store/object-store';
import { LocalStorage } from './local-storage';
import { ObjectMissing, type RecordingStorage } from './recording-storage';
import { S3Storage } from './s3-storage';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'storage-'));
const store = new ObjectStore();
const drivers: Record<string, RecordingStorage> = { local: new LocalStorage(folder) };

beforeAll(async () => {
  const endpoint = await store.listen();
  drivers.s3 = new S3Storage({
    bucket: 'b',
    region: 'eu-west-1',
    endpoint,
    accessKeyId: 'id',
    secretAccessKey: 'secret',
  });
});
afterAll(async () => {
  await store.close();
  fs.rmSync(folder, { recursive: true });
});

const key = 'recordings/0192-one.wav';

describe.each(['local', 's3'])('recording storage: %s', (name) => {
  const storage = (): RecordingStorage => drivers[name] as RecordingStorage;

  it('keeps what it was given, with its size and digests, and reads ranges', async () => {
    // more than two upload parts
    const content = randomBytes(17 * 1024 * 1024);
    const stored = await storage().put(key, Readable.from(chunksOf(content)), 'audio/wav');
    expect(stored).toEqual({
      size: content.length,
      md5: createHash('md5').update(content).digest('base64'),
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(await storage().size(key)).toBe(content.length);
    expect((await buffer(await storage().get(key))).equals(content)).toBe(true);
    expect(await buffer(await storage().get(key, { start: 10, end: 19 }))).toEqual(content.subarray(10, 20));
  });

  it('keeps the old object when a new one breaks off', async () => {
    await storage().put(key, Readable.from([Buffer.from('old')]), 'audio/wav');
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('new');
        await Promise.resolve();
        throw new Error('the source broke off');
      })(),
    );
    await expect(storage().put(key, broken, 'audio/wav')).rejects.toThrow('the source broke off');
    expect((await buffer(await storage().get(key))).toString()).toBe('old');
  });

  it('stores nothing of a source that closes before its end', async () => {
    const gone = new Readable({ read: () => undefined });
    gone.push(Buffer.from('half'));
    const put = storage().put('recordings/half.wav', gone, 'audio/wav');
    gone.once('resume', () => setImmediate(() => gone.destroy()));
    await expect(put).rejects.toThrow('Premature close');
    expect(await storage().size('recordings/half.wav')).toBeUndefined();
  });

  it('deletes, and says when nothing is there', async () => {
    await storage().delete(key);
    await storage().delete(key);
    expect(await storage().size(key)).toBeUndefined();
    await expect(storage().get(key)).rejects.toThrow(ObjectMissing);
  });

  it.each(['../etc/passwd', 'recordings/../x', '/x', 'recordings//x', 'recordings/.hidden', 'recordings/a\0b', 'x'])(
    'refuses the key %j',
    async (bad) => {
      await expect(storage().put(bad, Readable.from([Buffer.from('x')]), 'audio/wav')).rejects.toThrow(
        'not a storage key',
      );
      await expect(storage().size(bad)).rejects.toThrow('not a storage key');
    },
  );
});

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

const parts = (): string[] => fs.readdirSync(path.join(folder, '.parts'));
const failing = (): Readable =>
  new Readable({
    read() {
      this.destroy(new Error('gone at once'));
    },
  });

it('leaves no piece of what failed before its file was there', async () => {
  const local = drivers.local as RecordingStorage;
  const real = fs.open as (...args: unknown[]) => void;
  const open = jest.spyOn(fs, 'open');
  try {
    const opened = new Promise<() => void>((resolve) => {
      open.mockImplementation((...args: unknown[]) => resolve(() => real(...args)));
    });
    const put = local.put('sales/late.wav', failing(), 'audio/wav').catch((error: Error) => error.message);
    const openNow = await opened;
    // the source has failed long since; the disk makes the file only now
    await Promise.race([put, turns(50)]);
    openNow();
    expect(await put).toBe('gone at once');
    // one more file through the same disk, so that the late one is there if it ever will be
    open.mockRestore();
    await local.put('sales/next.wav', Readable.from([Buffer.from('next')]), 'audio/wav');
    expect(parts()).toEqual([]);
  } finally {
    open.mockRestore();
  }
});

it('leaves no pieces of many that fail at once', async () => {
  const local = drivers.local as RecordingStorage;
  const puts = Array.from({ length: 200 }, (_, n) => local.put(`sales/${n}.wav`, failing(), 'audio/wav'));
  for (const put of await Promise.allSettled(puts)) expect(put.status).toBe('rejected');
  expect(parts()).toEqual([]);
  expect(fs.readdirSync(path.join(folder, 'sales'))).toEqual(['next.wav']);
});

it('removes what killed processes left, and not what others are writing', async () => {
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of ['left', 'being-written']) fs.writeFileSync(path.join(folder, '.parts', name), 'half');
  fs.utimesSync(path.join(folder, '.parts', 'left'), hourAgo, hourAgo);
  await new LocalStorage(folder).put('sales/next.wav', Readable.from([Buffer.from('x')]), 'audio/wav');
  expect(parts()).toEqual(['being-written']);
});

it.each([
  ['an open source', () => new Readable({ read: () => undefined })],
  ['a source that breaks before it is read', () => fs.createReadStream(path.join(folder, 'nothing'))],
])('ends %s when the disk refuses it', async (_name, open) => {
  fs.writeFileSync(path.join(folder, 'file'), '');
  const source = open();
  const closed = new Promise<void>((resolve) => source.once('close', () => resolve()));
  const put = new LocalStorage(path.join(folder, 'file')).put('sales/a.wav', source, 'audio/wav');
  await expect(put).rejects.toThrow(/ENOTDIR|EEXIST/);
  await closed;
});

it('says why a source could not be read', async () => {
  const source = fs.createReadStream(path.join(folder, 'nothing'));
  await expect((drivers.local as RecordingStorage).put('sales/a.wav', source, 'audio/wav')).rejects.toThrow('ENOENT');
});

it('lets go of the source when the store cannot be reached', async () => {
  const endpoint = 'http://127.0.0.1:1';
  const s3 = new S3Storage({ bucket: 'b', region: 'eu-west-1', endpoint, accessKeyId: 'id', secretAccessKey: 's' });
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(65_536));
    },
  });
  const closed = new Promise((resolve) => endless.once('close', resolve));
  await expect(s3.put(key, endless, 'audio/wav')).rejects.toThrow('ECONNREFUSED');
  await closed;
});

/** Lets everything that is ready run, `count` times over. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
}
