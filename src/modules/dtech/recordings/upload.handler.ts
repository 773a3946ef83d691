import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { pipeline, Transform } from 'node:stream';
import { systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { DomainError } from '../../../platform/errors';
import { type JobContext, JobRunner } from '../../../platform/jobs/job-runner';
import { ObjectMissing, RecordingStorage } from '../../../platform/storage/recording-storage';
import { childOf } from '../../../platform/time/child-signal';
import { DtechNotFound, DtechRefused } from '../dtech.errors';
import { DtechClient } from '../gateway/dtech-client';
import { presignedExpiry } from '../gateway/gateway-answer';
import { putRecording, type PutOutcome } from './put-recording';
import { gatewayTime } from './recording-input';
import { RecordingRepository } from './recording.repository';
import type { SaleRecordingRow } from './sale-recording.entity';
import { uploadRecording } from './upload.job';
import { uploadDelay } from './upload-schedule';

/** A worker that says nothing for so long is dead, and another takes the upload. */
const LEASE_SECONDS = 20;
const BEAT_MS = 5_000;
/** A URL that ends sooner than this is not begun with. */
const URL_MARGIN_MS = 30_000;
/** Of the file, before it is told again how far it is. */
const TELL_EVERY = 0.1;

const SELF = systemActor('dtech.upload');

/** Why an attempt did not bring the file there. */
class AttemptFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly final: boolean,
    /** The URL is of no more use; the next attempt asks for another. */
    readonly dropUrl: boolean,
  ) {
    super(message);
  }
}

/** Somebody else has the upload now: this worker's lease had ended. */
class LeaseLost extends Error {}

/**
 * Carries recordings to the gateway's store. A claim is a lease on the row with the attempt's number; every later write
 * names that number, so a worker that was thought dead cannot write over its successor.
 */
@Injectable()
export class UploadHandler implements OnModuleInit {
  private readonly logger = new Logger(UploadHandler.name);

  constructor(
    private readonly config: Config,
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly recordings: RecordingRepository,
    private readonly storage: RecordingStorage,
    private readonly gateway: DtechClient,
  ) {}

  onModuleInit(): void {
    this.runner.register(uploadRecording, ({ recordingId }, context) => this.run(recordingId, context));
  }

  private async run(id: string, { signal }: JobContext): Promise<void> {
    const row = await this.claim(id);
    if (!row) return;
    try {
      await this.attempt(row, signal);
      await this.complete(row);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      if (signal.aborted) return this.giveBack(row);
      await this.failed(row, error);
    }
  }

  private claim(id: string): Promise<SaleRecordingRow | undefined> {
    return this.database.transaction(async (tx) => {
      const due = await tx.one(
        `select 1 from sale_recording where id = $1 and next_attempt_at <= now() for update skip locked`,
        [id],
      );
      if (!due) return undefined;
      // the lease is the due time, moved on: a worker that dies gives the row back by itself
      return this.recordings.set(
        tx,
        SELF,
        id,
        `status = 'uploading', attempts = attempts + 1, sent_bytes = 0,
         next_attempt_at = now() + $2 * interval '1 second', lease_until = now() + $2 * interval '1 second'`,
        [LEASE_SECONDS],
      );
    });
  }

  private async attempt(row: SaleRecordingRow, signal: AbortSignal): Promise<void> {
    const url = await this.urlFor(row);
    const size = row.size_bytes ?? 0;
    const progress = new Progress();
    const { controller: stopped, release } = childOf(signal);
    const beat = setInterval(() => {
      this.beat(row, progress, size).catch((error: Error) => stopped.abort(error));
    }, BEAT_MS);
    try {
      const file = await this.storage.get(row.storage_key ?? '');
      let unread: NodeJS.ErrnoException | undefined;
      file.once('error', (error) => {
        if (!progress.destroyed) unread = error;
      });
      // a file that cannot be read breaks the request off; a request that ends closes the file
      const content = pipeline(file, progress, () => undefined);
      const outcome = await putRecording({
        url,
        contentType: row.content_type,
        md5: row.md5 ?? '',
        size,
        content,
        signal: stopped.signal,
      });
      if (unread && outcome.kind !== 'stored')
        throw new AttemptFailed(
          'FILE_UNREADABLE',
          `our storage broke off (${unread.code ?? unread.name})`,
          false,
          false,
        );
      judge(outcome);
    } catch (error) {
      if (error instanceof ObjectMissing)
        throw new AttemptFailed('FILE_MISSING', 'the file is not in our storage', true, true);
      throw error;
    } finally {
      clearInterval(beat);
      release();
    }
  }

  /** The URL in hand when it lasts long enough (the last attempt may have stored the file: the same URL is the same recording), else a fresh one. */
  private async urlFor(row: SaleRecordingRow): Promise<string> {
    const known = this.recordings.openUrl(row);
    if (known && (row.upload_url_expires_at?.getTime() ?? 0) > Date.now() + URL_MARGIN_MS) return known;
    const { accountId = '', timeZone } = this.config.dtech;
    const target = await this.gateway.recordingUrl(row.sales_process_id, {
      account_id: accountId,
      date_start: gatewayTime(row.recorded_at, timeZone),
      date_end: gatewayTime(row.ended_at, timeZone),
      recording_hash: row.md5 ?? '',
      filename: row.file_name,
      content_type: row.content_type,
    });
    await this.fenced(row, 'recording_id = $3, upload_url = $4, upload_url_expires_at = $5', [
      target.recordingId,
      this.recordings.sealUrl(row.id, target.uploadUrl),
      presignedExpiry(target.uploadUrl),
    ]);
    return target.uploadUrl;
  }

  /** Renews the lease, and tells how far it is when that is a tenth further than told before. */
  private async beat(row: SaleRecordingRow, progress: Progress, size: number): Promise<void> {
    const tell = progress.bytes - progress.told >= size * TELL_EVERY;
    if (tell) progress.told = progress.bytes;
    await this.fenced(
      row,
      `sent_bytes = $3, next_attempt_at = now() + $4 * interval '1 second', lease_until = now() + $4 * interval '1 second'`,
      [progress.bytes, LEASE_SECONDS],
      tell,
    );
  }

  private complete(row: SaleRecordingRow): Promise<void> {
    return this.fenced(
      row,
      `status = 'complete', sent_bytes = size_bytes, completed_at = now(), next_attempt_at = null, lease_until = null,
       upload_url = null, failure = null`,
      [],
      true,
    );
  }

  /** The process is asked to stop: the next one takes over at once, and the attempt does not count. */
  private giveBack(row: SaleRecordingRow): Promise<void> {
    return this.fenced(
      row,
      `status = 'pending', attempts = attempts - 1, next_attempt_at = now(), lease_until = null`,
      [],
      true,
    );
  }

  private async failed(row: SaleRecordingRow, error: unknown): Promise<void> {
    const known = asFailure(error);
    if (!known) this.logger.error({ err: error, recording: row.id }, 'upload of a recording');
    const { code, message, final, dropUrl } =
      known ?? new AttemptFailed('INTERNAL', 'a fault on our side', false, false);
    const delay = final ? undefined : uploadDelay(row.attempts, Math.random());
    const url = dropUrl ? ', upload_url = null' : '';
    if (delay === undefined) {
      await this.fenced(
        row,
        `status = 'failed', failure_code = $3, failure = $4, next_attempt_at = null, lease_until = null${url}`,
        [code, message],
        true,
      );
      return;
    }
    await this.fenced(
      row,
      `status = 'pending', failure = $3, next_attempt_at = now() + $4::float8 * interval '1 second', lease_until = null${url}`,
      [message, delay],
      true,
    );
  }

  /** Writes to the row while this attempt still has it; throws LeaseLost otherwise. `$3` and on are `params`. */
  private fenced(row: SaleRecordingRow, sets: string, params: unknown[], tell = false): Promise<void> {
    return this.database.transaction(async (tx) => {
      const after = await tx.one<SaleRecordingRow>(
        `update sale_recording set ${sets}, updated_at = now()
          where id = $1 and attempts = $2 and status = 'uploading' returning *`,
        [row.id, row.attempts, ...params],
      );
      if (!after) throw new LeaseLost(row.id);
      if (tell) await this.recordings.tell(tx, SELF, after);
    });
  }
}

/** Counts bytes on their way. */
class Progress extends Transform {
  bytes = 0;
  told = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    done(null, chunk);
  }
}

function judge(outcome: PutOutcome): void {
  if (outcome.kind === 'stored') return;
  if (outcome.kind === 'lost') throw new AttemptFailed('STORE_UNAVAILABLE', outcome.reason, false, false);
  const words = `the store refused the file: ${outcome.status} ${outcome.code}`;
  // an ended or refused URL is replaced; a digest that does not fit may be damage on the way, and is tried again
  throw new AttemptFailed(outcome.code.toUpperCase(), words, outcome.code === 'InvalidDigest', true);
}

function asFailure(error: unknown): AttemptFailed | undefined {
  if (error instanceof AttemptFailed) return error;
  if (error instanceof DtechRefused || error instanceof DtechNotFound)
    return new AttemptFailed(error.code, error.message, true, true);
  if (error instanceof DomainError) return new AttemptFailed(error.code, error.message, false, true);
  return undefined;
}
