import fs from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import type { Carrier } from '../../sandbox/carrier/carrier';
import { CallRecordings } from '../../src/modules/calls';
import { RecordingFetcher } from '../../src/modules/calls/recordings/recording-fetcher';
import { anAdmin } from '../support/actors';
import { caller } from '../support/call-floor';
import { startWithCarrier } from '../support/carrier';
import type { TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

interface Row {
  id: string;
  state: string;
  error: string | null;
  attempts: number;
  storage_key: string | null;
  md5: string;
}

describe('recordings', () => {
  let app: TestApp;
  let carrier: Carrier;
  let admin: ReturnType<typeof caller>;

  beforeAll(async () => {
    ({ app, carrier } = await startWithCarrier());
    admin = caller(app, app.tokenFor(anAdmin()));
    await app.database.transaction((tx) => tx.rows(`update department_setting set max_queue_length = 0`));
  });
  afterAll(async () => {
    await carrier.close();
    await app.close();
  });

  /** Leaves a message; returns its row as soon as it is being fetched, and its call. */
  const message = async (from: string): Promise<{ code: string; sid: string; row: () => Promise<Row> }> => {
    const leg = carrier.ring(from, [{ press: '2' }]);
    const found = await waitFor('the message', () =>
      app.database.read.one<{ id: string; code: string; provider_sid: string }>(
        `select r.id, c.code, r.provider_sid from call_recording r join call c on c.id = r.call_id
          where c.provider_call_sid = $1 and r.state in ('processing', 'available')`,
        [leg.sid],
      ),
    );
    const row = async (): Promise<Row> =>
      (await app.database.read.one<Row>('select * from call_recording where id = $1', [found.id])) as Row;
    return { code: found.code, sid: found.provider_sid, row };
  };
  const becomes = (row: () => Promise<Row>, state: string) =>
    waitFor(`the recording to be ${state}`, async () => {
      const now = await row();
      return now.state === state && now;
    });

  it('are asked for again while the carrier has none, and told of once they are here', async () => {
    carrier.faults = [{ request: 'GET /Recordings', kind: 'status', value: 404, times: 2 }];
    const { code, row, sid } = await message('+441632960301');
    const stored = await becomes(row, 'available');
    expect(stored.attempts).toBe(3);
    const media = carrier.exchange.recordings.get(sid)?.media as Buffer;
    expect(stored.md5).toBe(createHash('md5').update(media).digest('base64'));
    const file = await app.nest.get(CallRecordings).fileOf(stored.id);
    expect(file).toMatchObject({ callId: code, size: media.length, md5: stored.md5, contentType: 'audio/wav' });
    expect(await app.nest.get(CallRecordings).fileOf('no-such-recording')).toBeUndefined();
    const told = await app.database.read.rows(
      `select 1 from event where name = 'call.recording.available' and data->>'call_id' = $1`,
      [code],
    );
    expect(told).toHaveLength(1);
  });

  it('that are no sound are not believed', async () => {
    carrier.faults = [{ request: 'GET /Recordings', kind: 'status', value: 503, times: 1 }];
    const { row, sid, code } = await message('+441632960302');
    const recording = carrier.exchange.recordings.get(sid);
    const media = recording?.media as Buffer;
    if (recording) recording.media = Buffer.from('<html>please log in</html>'.padEnd(200));
    const refused = await waitFor('the refusal', async () => {
      const now = await row();
      return now.error === 'what came is no WAV file' && now;
    });
    expect(refused).toMatchObject({ state: 'processing', storage_key: null });
    expect((await admin.get(`/api/calls/${code}/recording`, 404)).code).toBe('RECORDING_NOT_FOUND');
    if (recording) recording.media = media;
    await becomes(row, 'available');
  });

  it('go after their time, sound and all, and are not heard any more', async () => {
    const { row, code } = await message('+441632960303');
    const { id, storage_key: key } = await becomes(row, 'available');
    const file = path.join(app.dataDir, 'recordings', key ?? '');
    expect(fs.existsSync(file)).toBe(true);
    await app.database.transaction((tx) =>
      tx.rows(`update call_recording set created_at = now() - interval '181 days' where id = $1`, [id]),
    );
    await app.nest.get(RecordingFetcher).letGo();
    expect(await row()).toMatchObject({ state: 'deleted', storage_key: null });
    expect(fs.existsSync(file)).toBe(false);
    await admin.get(`/api/calls/${code}/recording`, 404);
    expect((await admin.get(`/api/calls/${code}/recordings`)).recordings[0].status).toBe('deleted');
    await admin.post(`/api/calls/${code}/recording/pause`, {}, 409);
  });
});
