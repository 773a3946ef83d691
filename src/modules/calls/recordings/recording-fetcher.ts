import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { pipeline, Transform } from 'node:stream';
import { systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { JobRunner } from '../../../platform/jobs/job-runner';
import { RecordingStorage, type StoredObject } from '../../../platform/storage/recording-storage';
import { childOf } from '../../../platform/time/child-signal';
import { CallLedger } from '../call-ledger';
import type { CallRecording } from './call-recording.entity';
import { RecordingMedia } from './recording-media';
import { recordingAvailable } from './recordings.events';
import { fetchRecordings, recordingsSweep } from './recordings.job';

const ACTOR = systemActor('recordings');
const LEASE_SECONDS = 120;
/** A fetch ends before its lease does. */
const FETCH_MS = (LEASE_SECONDS - 20) * 1000;
const MOST_ATTEMPTS = 10;
const KEPT_AT_ONCE = 100;
/** A WAV file begins with so many bytes before the first sound. */
const HEADER_BYTES = 44;

/**
 * Brings recordings into our store: what is due is claimed under a lease, fetched with the carrier's credentials, and
 * believed only when size, beginning and (where it was sent) hash are right.
 */
@Injectable()
export class RecordingFetcher implements OnModuleInit {
  private readonly logger = new Logger('Recordings');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly storage: RecordingStorage,
    private readonly media: RecordingMedia,
    private readonly runner: JobRunner,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.runner.register(fetchRecordings, (_data, { signal }) => this.run(signal));
    this.runner.registerSweep(recordingsSweep, async () => {
      const due = await this.database.read.one(
        'select 1 from call_recording where due_at <= clock_timestamp() limit 1',
      );
      if (due) await this.jobs.ring(fetchRecordings, {}, { dedupId: 'due' });
      await this.letGo();
    });
  }

  /** Fetches everything that is due. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const row = await this.claim();
      if (!row) return;
      try {
        await this.fetch(row, signal);
      } catch (error) {
        await this.failed(row, (error as Error).message);
      }
    }
  }

  private claim(): Promise<CallRecording | undefined> {
    return this.database.transaction((tx) =>
      tx.one<CallRecording>(
        `update call_recording set attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => $1)
          where id = (select id from call_recording where due_at <= clock_timestamp() and state = 'processing'
                       order by due_at limit 1 for update skip locked) returning *`,
        [LEASE_SECONDS],
      ),
    );
  }

  private async fetch(row: CallRecording, signal: AbortSignal): Promise<void> {
    const { controller, release } = childOf(signal);
    const timer = setTimeout(() => controller.abort(new Error('it took too long')), FETCH_MS);
    try {
      const { content, contentType, size, md5 } = await this.media.open(row.provider_sid ?? '', controller.signal);
      const key = `calls/${row.id}.wav`;
      const beginning = new Beginning();
      // what breaks on either side ends both, whoever is reading at that moment
      const through = pipeline(content, beginning, () => undefined);
      const stored = await this.storage.put(key, through, contentType);
      const problem = wrong(stored, { size, md5, beginning: beginning.bytes });
      if (problem) {
        await this.storage.delete(key);
        throw new Error(problem);
      }
      await this.available(row, key, stored);
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  private async available(row: CallRecording, key: string, stored: StoredObject): Promise<void> {
    await this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { id: row.call_id });
      const done = await tx.one<CallRecording>(
        `update call_recording set state = 'available', storage_key = $2, content_type = 'audio/wav', size = $3, md5 = $4,
           sha256 = $5, due_at = null, error = null, updated_at = now() where id = $1 and state = 'processing' returning *`,
        [row.id, key, stored.size, stored.md5, stored.sha256],
      );
      if (!done) return;
      this.ledger.tell(tx, ACTOR, call.row, recordingAvailable, {
        call_id: call.row.code,
        recording: {
          recording_id: done.id,
          kind: done.kind,
          duration: done.duration_seconds,
          content_type: 'audio/wav',
          size: stored.size,
          md5: stored.md5,
        },
        link: `${this.config.server.appBaseUrl}/api/calls/${call.row.code}/recording`,
      });
    });
  }

  private async failed(row: CallRecording, reason: string): Promise<void> {
    this.logger.warn({ recording: row.id }, `not fetched: ${reason}`);
    const isOver = row.attempts >= MOST_ATTEMPTS;
    await this.database.transaction((tx) =>
      tx.rows(
        `update call_recording set state = $2, error = $3, updated_at = now(),
           due_at = case when $2 = 'failed' then null else clock_timestamp() + make_interval(secs => $4) end where id = $1`,
        [row.id, isOver ? 'failed' : 'processing', reason.slice(0, 500), Math.min(3600, 2 ** (row.attempts - 1))],
      ),
    );
  }

  /** Deletes what has been kept long enough. */
  async letGo(): Promise<void> {
    const days = this.config.recordingRetentionDays;
    if (days === 0) return;
    const old = await this.database.read.rows<Pick<CallRecording, 'id' | 'storage_key'>>(
      `select id, storage_key from call_recording
        where state = 'available' and created_at < now() - make_interval(days => $1) order by created_at limit $2`,
      [days, KEPT_AT_ONCE],
    );
    for (const { id, storage_key: key } of old) {
      // first the sound: a row that says deleted is believed
      if (key) await this.storage.delete(key);
      await this.database.transaction((tx) =>
        tx.rows(
          `update call_recording set state = 'deleted', deleted_at = now(), storage_key = null, updated_at = now()
            where id = $1 and state = 'available'`,
          [id],
        ),
      );
    }
  }
}

/** Passes bytes on and keeps the first of them. */
class Beginning extends Transform {
  bytes: Buffer = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    const missing = HEADER_BYTES - this.bytes.length;
    if (missing > 0) this.bytes = Buffer.concat([this.bytes, chunk.subarray(0, missing)]);
    done(null, chunk);
  }
}

/** What does not fit; undefined when all does. */
function wrong(
  stored: StoredObject,
  announced: { size: number | undefined; md5: string | undefined; beginning: Buffer },
): string | undefined {
  if (announced.size !== undefined && announced.size !== stored.size) {
    return `${stored.size} bytes came of ${announced.size}`;
  }
  if (announced.md5 !== undefined && announced.md5 !== stored.md5) return 'the hash differs from the one announced';
  const { beginning } = announced;
  const isWave = beginning.toString('latin1', 0, 4) === 'RIFF' && beginning.toString('latin1', 8, 12) === 'WAVE';
  return isWave ? undefined : 'what came is no WAV file';
}
