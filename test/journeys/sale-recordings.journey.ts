import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DtechGateway } from '../../sandbox/dtech/dtech-gateway';
import { RecordingsSweep } from '../../src/modules/dtech/recordings/recordings.sweep';
import { recordingAvailable } from '../../src/modules/calls/recordings/recordings.events';
import { systemActor } from '../../src/platform/access/actor';
import { EventLog } from '../../src/platform/events/event-log';
import { RecordingStorage } from '../../src/platform/storage/recording-storage';
import { newId } from '../../src/platform/time/ids';
import { anAgent } from '../support/actors';
import { ACCOUNT, aSale, realm } from '../support/dtech';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

/** A WAV file of about `bytes` bytes. */
function wav(bytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(bytes - 8, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  return Buffer.concat([head, randomBytes(bytes - 44)]);
}
const md5 = (content: Buffer): string => createHash('md5').update(content).digest('base64');

function unreadable(file: string): void {
  fs.rmSync(file);
  fs.mkdirSync(file);
}

describe('recordings of sales', () => {
  let gateway: DtechGateway;
  let app: TestApp;
  let spid: string;
  const agent = anAgent({ code: 'AGT-901' });
  const auth = (): [string, string] => ['Authorization', `Bearer ${app.tokenFor(agent)}`];
  const post = (at: string, body: object = {}) =>
    app.http
      .post(`/api/v1/sales/${at}`)
      .set(...auth())
      .send(body);
  const get = (at: string) => app.http.get(`/api/v1/sales/${at}`).set(...auth());
  const upload = (content: Buffer, name = 'recording.wav', fields: Record<string, string> = {}) => {
    const request = app.http.post(`/api/v1/sales/recordings/${spid}`).set(...auth());
    for (const [field, value] of Object.entries(fields)) void request.field(field, value);
    return request.attach('file', content, name);
  };
  const state = async (id: string) => (await get(`upload-status/${id}`)).body.recording as Record<string, unknown>;
  const until = (id: string, status: string) =>
    waitFor(`${id} to be ${status}`, async () => {
      const now = await state(id);
      return now.status === status && now;
    });
  /** Moves the next attempt to now, as time would, and lets the sweep find it. */
  const hurry = async (id: string): Promise<void> => {
    await app.database.transaction((tx) =>
      tx.rows(
        `update sale_recording set next_attempt_at = now()
          where id = $1 and next_attempt_at is not null and lease_until is null`,
        [id],
      ),
    );
    await app.nest.get(RecordingsSweep).run();
  };

  beforeAll(async () => {
    gateway = new DtechGateway(realm, ACCOUNT);
    app = await startTestApp({
      env: {
        DIFFERENT_API_TEST: await gateway.listen(),
        DIFFERENT_ACCOUNT_ID: ACCOUNT,
        AWS_ACCESS_KEY: realm.accessKeyId,
        AWS_SECRET_KEY: realm.secretAccessKey,
        RECORDING_MAX_MB: '3',
      },
    });
    const started = await post('start', aSale());
    spid = started.body.sales_process_id as string;
  });
  afterEach(() => {
    gateway.faults = [];
  });
  afterAll(async () => {
    await app.close();
    await gateway.close();
  });

  const urlInput = (content: Buffer, change: object = {}) => ({
    account_id: ACCOUNT,
    date_start: '2025-06-08T10:15:00',
    date_end: '2025-06-08T10:20:00',
    recording_hash: md5(content),
    filename: 'recording.wav',
    content_type: 'audio/wav',
    ...change,
  });

  it('goes in two steps: the client uploads by itself and reports', async () => {
    const content = wav(1000);
    const { status, body } = await post(
      `recording-url/${spid}`,
      urlInput(content, { recording_hash: Buffer.from(md5(content), 'base64').toString('hex') }),
    );
    expect([status, body]).toEqual([
      200,
      {
        recording_id: expect.any(String),
        upload_url: expect.stringContaining('X-Amz-Signature'),
        upload_id: expect.any(String),
        url_expiry: expect.any(String),
      },
    ]);
    expect(gateway.uploads.get(body.recording_id as string)?.request).toEqual(urlInput(content));
    const put = await fetch(body.upload_url as string, {
      method: 'PUT',
      headers: { 'Content-Type': 'audio/wav', 'Content-MD5': md5(content) },
      body: new Uint8Array(content),
    });
    expect(put.status).toBe(200);
    expect(await state(body.upload_id as string)).toMatchObject({
      status: 'pending',
      source: 'two_step',
      recorded_at: '2025-06-08T08:15:00.000Z',
    });
    expect((await post(`upload-status/${body.upload_id}`, { status: 'complete' })).body.recording.status).toBe(
      'complete',
    );
    expect((await post(`upload-status/${body.upload_id}`, { status: 'complete' })).status).toBe(200);
    expect((await post(`upload-status/${body.upload_id}`, { status: 'failed' })).status).toBe(409);
  });

  it('calls an upload that nobody reported failed once its URL has ended', async () => {
    const { body } = await post(`recording-url/${spid}`, urlInput(wav(100)));
    await app.database.transaction((tx) =>
      tx.rows(`update sale_recording set upload_url_expires_at = now() - interval '1 second' where id = $1`, [
        body.upload_id,
      ]),
    );
    await app.nest.get(RecordingsSweep).run();
    expect(await until(body.upload_id as string, 'failed')).toMatchObject({ failure_code: 'NOT_REPORTED' });
  });

  it.each([
    [{ date_end: '2025-06-08T10:14:59' }, 'date_end'],
    [{ date_start: '08/06/2025' }, 'date_start'],
    [{ date_start: '2025-02-30T10:00:00' }, 'date_start'],
    [{ recording_hash: 'abc' }, 'recording_hash'],
    [{ filename: '../x.wav' }, 'filename'],
    [{ filename: 'x'.repeat(201) }, 'filename'],
    [{ content_type: 'audio/ogg' }, 'content_type'],
    [{ account_id: 'x' }, 'account_id'],
  ])('refuses %j and names the field', async (change, field) => {
    const answer = await post(`recording-url/${spid}`, urlInput(wav(100), change));
    expect([answer.status, Object.keys(answer.body.details as object)]).toEqual([400, [field]]);
  });

  it('takes the file itself, tells its kind, and brings it there once; the file is deleted after', async () => {
    const content = wav(2_500_000);
    const sent = await upload(content, 'Gespräch 1.wav', {
      date_start: '2025-06-08T10:15:00',
      date_end: '2025-06-08T10:20:00',
    });
    expect([sent.status, sent.body.recording]).toEqual([
      201,
      expect.objectContaining({
        file_name: 'Gespräch 1.wav',
        content_type: 'audio/wav',
        size_bytes: 2_500_000,
        source: 'upload',
      }),
    ]);
    const id = sent.body.recording.upload_id as string;
    const done = await until(id, 'complete');
    expect(done).toMatchObject({ attempts: 1, sent_bytes: 2_500_000, failure: null });
    expect(gateway.uploads.get(done.recording_id as string)).toMatchObject({
      puts: 1,
      stored: { size: 2_500_000, md5: md5(content) },
    });
    await app.nest.get(RecordingsSweep).run();
    expect(await app.nest.get(RecordingStorage).size(`sales/${id}`)).toBeUndefined();
    const told = await waitFor('events', async () => {
      const rows = await app.database.read.rows<{ status: string }>(
        `select data->>'status' as status from event where name = 'sale.recording.updated' and data->>'upload_id' = $1 order by position`,
        [id],
      );
      return rows.at(-1)?.status === 'complete' && rows.map((row) => row.status);
    });
    expect(told).toEqual(['pending', 'uploading', 'complete']);
    expect((await get(`recordings/${spid}`)).body.recordings[0].upload_id).toBe(id);
    expect((await post(`upload-status/${id}`, { status: 'failed' })).body.code).toBe('RECORDING_IS_OURS');
    expect((await post(`upload-status/${id}/retry`)).body.code).toBe('RECORDING_STATE');
  });

  /** Names of all files of sales' recordings on the disk, also of those that are being written. */
  const filesKept = (): string[] =>
    ['sales', '.parts']
      .map((folder) => path.join(app.dataDir, 'recordings', folder))
      .flatMap((folder) => (fs.existsSync(folder) ? fs.readdirSync(folder) : []));

  it.each([
    ['no audio', () => upload(Buffer.from('<html>not a sound</html>')), 415, 'NOT_AUDIO'],
    ['an empty file', () => upload(Buffer.alloc(0)), 415, 'NOT_AUDIO'],
    ['too large a file', () => upload(wav(3 * 1024 * 1024 + 1)), 413, 'RECORDING_TOO_LARGE'],
    [
      'no file',
      () =>
        app.http
          .post(`/api/v1/sales/recordings/${spid}`)
          .set(...auth())
          .field('date_start', '2025-06-08T10:15:00'),
      400,
      'INVALID_INPUT',
    ],
    ['two files', () => upload(wav(100)).attach('file', wav(100), 'b.wav'), 400, 'INVALID_INPUT'],
    ['a wrong time', () => upload(wav(100), 'a.wav', { date_start: 'yesterday' }), 400, 'INVALID_INPUT'],
    ['JSON', () => post(`recordings/${spid}`, { file: 'x' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ] as const)('refuses %s, and keeps nothing of it', async (_name, send, status, code) => {
    const before = await app.database.read.one('select count(*) as n from sale_recording');
    const answer = await send();
    expect([answer.status, answer.body.code, typeof answer.body.detail]).toEqual([status, code, 'string']);
    expect(await app.database.read.one('select count(*) as n from sale_recording')).toEqual(before);
    expect(filesKept()).toEqual([]);
  });

  it.each([
    [{ route: '/store/', kind: 'status', value: 500 }, 1, 'the store answered 500'],
    [{ route: '/store/', kind: 'close' }, 1, 'the line to the store broke'],
    [{ route: '/store/', kind: 'close-after' }, 2, 'the line to the store broke'],
    [{ route: '/recording-url/', kind: 'status', value: 403 }, 1, 'did not accept our credentials'],
  ] as const)('tries again after %j', async (fault, puts, reason) => {
    gateway.faults = [{ times: 1, ...fault }];
    const content = wav(5000);
    const id = (await upload(content)).body.recording.upload_id as string;
    const waiting = await waitFor('the next attempt to be planned', async () => {
      const now = await state(id);
      return typeof now.failure === 'string' && now;
    });
    expect(waiting).toMatchObject({
      status: 'pending',
      attempts: 1,
      failure: expect.stringContaining(reason),
      failure_code: null,
    });
    await hurry(id);
    const done = await until(id, 'complete');
    // after a lost answer the same URL is used, so that the recording stays one
    expect(gateway.uploads.get(done.recording_id as string)).toMatchObject({ puts, stored: { md5: md5(content) } });
    expect([...gateway.uploads.values()].filter((u) => u.md5 === md5(content))).toHaveLength(1);
  });

  it.each([
    ['is not there', (file: string) => fs.rmSync(file), 'failed', 'the file is not in our storage'],
    // a folder in its place opens, and cannot be read
    ['cannot be read', unreadable, 'pending', 'our storage broke off (EISDIR)'],
  ] as const)('says so when the file %s', async (_name, damage, status, failure) => {
    gateway.faults = [{ times: 1, route: '/store/', kind: 'status', value: 500 }];
    const id = (await upload(wav(5000))).body.recording.upload_id as string;
    await waitFor('the next attempt to be planned', async () => typeof (await state(id)).failure === 'string');
    const row = await app.database.read.one<{ storage_key: string }>(
      'select storage_key from sale_recording where id = $1',
      [id],
    );
    const file = path.join(app.dataDir, 'recordings', row?.storage_key ?? '');
    damage(file);
    await hurry(id);
    const now = await waitFor('the failure to be told', async () => {
      const seen = await state(id);
      return seen.failure === failure && seen;
    });
    expect(now).toMatchObject({ status, attempts: 2 });
    fs.rmSync(file, { recursive: true, force: true });
    await app.database.transaction((tx) => tx.rows('delete from sale_recording where id = $1', [id]));
  });

  /** A multipart request of which only the beginning is sent as it should be. */
  const halfUpload = (rest: (socket: net.Socket) => void): Promise<string> =>
    new Promise((resolve) => {
      const socket = net.connect(Number(new URL(app.url).port), '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
      socket.write(
        `POST /api/v1/sales/recordings/${spid} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${auth().join(': ')}\r\n` +
          'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 2000000\r\n\r\n' +
          '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n',
      );
      socket.write(wav(500_000));
      rest(socket);
    });
  const nothingKept = () =>
    waitFor('nothing to be kept of it', async () => {
      const rows = await app.database.read.rows(
        'select 1 from sale_recording where size_bytes is null and source = $1',
        ['upload'],
      );
      return rows.length === 0 && filesKept().length === 0;
    });
  const beingReceived = () =>
    waitFor('the upload to begin', () =>
      app.database.read.one(`select 1 from sale_recording where size_bytes is null and source = 'upload'`),
    );

  it('keeps nothing of a client that goes away in the middle', async () => {
    const { socket } = await new Promise<{ socket: net.Socket }>((resolve) => {
      void halfUpload((open) => resolve({ socket: open }));
    });
    await beingReceived();
    const { body } = await get(`recordings/${spid}`);
    expect(
      body.recordings.filter((one: Record<string, unknown>) => one.source === 'upload' && !one.size_bytes),
    ).toEqual([]);
    socket.destroy();
    await nothingKept();
  });

  it('answers 400 to a form that goes wrong in the middle, before all of it has come', async () => {
    const answer = await halfUpload((socket) => {
      socket.write('\r\n--b\r\nthis is no header\r\n\r\n');
      socket.write(Buffer.alloc(1_400_000));
      socket.end();
    });
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"code":"INVALID_INPUT"');
    await nothingKept();
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/mixed; boundary=b'])(
    'answers 400 or 415 to %j',
    async (type) => {
      const answer = await app.http
        .post(`/api/v1/sales/recordings/${spid}`)
        .set(...auth())
        .set('Content-Type', type)
        .send('--b--');
      expect([400, 415]).toContain(answer.status);
      await nothingKept();
    },
  );

  describe('of calls', () => {
    /** A call and its recording, as the calls room keeps and tells them. */
    const recorded = async (content: Buffer, change: { kind?: string; salesProcessId?: string } = {}) => {
      const [callId, recordingId] = [newId(), newId()];
      const code = `CALL-${randomBytes(4).toString('hex').toUpperCase()}`;
      const key = `calls/${recordingId}.wav`;
      await app.nest.get(RecordingStorage).put(key, Readable.from([content]), 'audio/wav');
      await app.database.transaction(async (tx) => {
        await tx.rows(
          `insert into call (id, code, status, direction, phone_number, priority_rank, required_skills,
             preferred_skills, started_at, changed_at, ended_at, metadata, sales_process_id)
           values ($1, $2, 'completed', 'inbound', '+27835555555', 1, '{}', '{}', now(), now(), now(), '{}', $3)`,
          [callId, code, change.salesProcessId ?? null],
        );
        await tx.rows(
          `insert into call_recording (id, call_id, kind, state, started_at, ended_at, content_type, size, md5, sha256, storage_key, duration_seconds)
           values ($1, $2, $3, 'available', '2025-06-08T08:15:00Z', '2025-06-08T08:20:00Z', 'audio/x-wav', $4, $5, repeat('0', 64), $6, 300)`,
          [recordingId, callId, change.kind ?? 'call', content.length, md5(content), key],
        );
      });
      const tell = () =>
        app.database.transaction(async (tx) =>
          app.nest.get(EventLog).append(
            tx,
            recordingAvailable,
            {
              call_id: code,
              recording: {
                recording_id: recordingId,
                kind: (change.kind ?? 'call') as 'call',
                duration: 300,
                content_type: 'audio/x-wav',
                size: content.length,
                md5: md5(content),
              },
              link: `/api/calls/${code}/recording`,
            },
            { actor: systemActor('test'), aggregate: `call:${callId}`, audience: { scope: 'calls:read' } },
          ),
        );
      return { code, recordingId, key, tell };
    };
    const sent = (recordingId: string) =>
      app.database.read.rows<{ id: string }>('select id from sale_recording where call_recording_id = $1', [
        recordingId,
      ]);
    const planned = () =>
      waitFor('the relay', async () => !(await app.database.read.one('select 1 from event where seq is null limit 1')));

    it('takes the road by itself, once, and leaves the file where it is', async () => {
      const content = wav(50_000);
      const call = await recorded(content);
      const started = await post('start', { ...aSale(), call_id: call.code });
      expect(started.status).toBe(200);
      await Promise.all([call.tell(), call.tell()]);
      await call.tell();
      await planned();
      const [row, ...others] = await sent(call.recordingId);
      expect(others).toEqual([]);
      const done = await until(row?.id ?? '', 'complete');
      expect(done).toMatchObject({
        source: 'call',
        file_name: `${call.code}.wav`,
        sales_process_id: started.body.sales_process_id,
        recorded_at: '2025-06-08T08:15:00.000Z',
        ended_at: '2025-06-08T08:20:00.000Z',
      });
      expect(gateway.uploads.get(done.recording_id as string)).toMatchObject({
        puts: 1,
        stored: { md5: md5(content) },
      });
      await app.nest.get(RecordingsSweep).run();
      expect(await app.nest.get(RecordingStorage).size(call.key)).toBe(content.length);
    });

    it('sends what was recorded before its sale was started, when that is', async () => {
      const content = wav(3_000);
      const call = await recorded(content);
      await call.tell();
      await planned();
      expect(await sent(call.recordingId)).toEqual([]);
      const started = await post('start', { ...aSale(), call_id: call.code });
      expect(started.status).toBe(200);
      await planned();
      const [row] = await sent(call.recordingId);
      expect(await until(row?.id ?? '', 'complete')).toMatchObject({
        source: 'call',
        sales_process_id: started.body.sales_process_id,
      });
      await post('start', { ...aSale(), call_id: call.code });
      await planned();
      expect(await sent(call.recordingId)).toHaveLength(1);
    });

    it('follows the sale that the call names; a voicemail and a call without a sale stay here', async () => {
      const [named, voicemail, without] = await Promise.all([
        recorded(wav(1_000), { salesProcessId: spid }),
        recorded(wav(1_000), { salesProcessId: spid, kind: 'voicemail' }),
        recorded(wav(1_000)),
      ]);
      for (const call of [named, voicemail, without]) await call.tell();
      await planned();
      expect(
        await Promise.all([named, voicemail, without].map(async (call) => (await sent(call.recordingId)).length)),
      ).toEqual([1, 0, 0]);
      await until((await sent(named.recordingId))[0]?.id ?? '', 'complete');
    });
  });

  it('asks for a fresh URL when the store refuses the old one', async () => {
    const content = wav(5000);
    gateway.faults = [{ route: '/store/', kind: 'status', value: 403, times: 1 }];
    const id = (await upload(content)).body.recording.upload_id as string;
    await waitFor('the refusal', async () => typeof (await state(id)).failure === 'string');
    await hurry(id);
    await until(id, 'complete');
    expect([...gateway.uploads.values()].filter((u) => u.md5 === md5(content)).map((u) => u.puts)).toEqual([0, 1]);
  });

  it('fails for good when the gateway refuses, and can be tried again by hand', async () => {
    gateway.faults = [{ route: '/recording-url/', kind: 'status', value: 400, times: 1 }];
    const id = (await upload(wav(5000))).body.recording.upload_id as string;
    expect(await until(id, 'failed')).toMatchObject({ failure_code: 'DTECH_REFUSED', next_attempt_at: null });
    expect((await post(`upload-status/${id}/retry`)).body.recording).toMatchObject({ status: 'pending', attempts: 0 });
    await until(id, 'complete');
  });

  it('hides recordings of others', async () => {
    const other = anAgent({ code: 'AGT-902' });
    const id = (await upload(wav(100))).body.recording.upload_id as string;
    const asOther = (at: string) =>
      app.http.get(`/api/v1/sales/${at}`).set('Authorization', `Bearer ${app.tokenFor(other)}`);
    expect((await asOther(`upload-status/${id}`)).status).toBe(404);
    expect((await asOther(`recordings/${spid}`)).status).toBe(404);
    expect((await get('upload-status/nonsense')).status).toBe(404);
    await until(id, 'complete');
  });
});
