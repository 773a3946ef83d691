import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { newId } from '../../../platform/time/ids';
import {
  AccountNotAllowed,
  DtechNotConfigured,
  RecordingCannotBeRetried,
  RecordingEnded,
  RecordingIsOurs,
  RecordingNotFound,
  SalesProcessNotFound,
} from '../dtech.errors';
import { DtechClient } from '../gateway/dtech-client';
import { presignedExpiry } from '../gateway/gateway-answer';
import type { SalesProcessRow } from '../processes/sales-process.entity';
import { maySeeSale, SalesProcessRepository } from '../processes/sales-process.repository';
import { gatewayTime, readFileName, readHash, readSpan } from './recording-input';
import { RecordingRepository } from './recording.repository';
import { type RecordingReply, type RecordingUrlReply, recordingView } from './recording.view';
import type { RecordingUrlInput, ReportUpload } from './recordings.dto';
import type { SaleRecordingRow } from './sale-recording.entity';
import { uploadRecording } from './upload.job';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** S3 presigns for a week at the most. */
const LONGEST_URL_MS = 7 * 86_400_000;

/** Recordings as their callers see them: two steps by themselves, or ours to carry. */
@Injectable()
export class RecordingsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly processes: SalesProcessRepository,
    private readonly recordings: RecordingRepository,
    private readonly gateway: DtechClient,
    private readonly jobs: JobQueue,
  ) {}

  /** The sale that a recording is for, if the actor may see it. */
  async saleOf(actor: Actor, spid: string): Promise<SalesProcessRow> {
    const row = await this.processes.byGatewayId(this.database.read, spid);
    if (!row || !maySeeSale(actor, row)) throw new SalesProcessNotFound(spid);
    return row;
  }

  /** The first of two steps: a URL to which the client puts the file by itself. */
  async url(actor: Actor, spid: string, input: RecordingUrlInput): Promise<RecordingUrlReply> {
    const { accountId, timeZone } = this.config.dtech;
    if (!accountId) throw new DtechNotConfigured();
    if (input.account_id !== accountId) throw new AccountNotAllowed();
    const { start, end } = readSpan(input.date_start, input.date_end, timeZone);
    const hash = readHash(input.recording_hash);
    const fileName = readFileName('filename', input.filename);
    const process = await this.saleOf(actor, spid);
    const target = await this.gateway.recordingUrl(spid, {
      account_id: accountId,
      date_start: gatewayTime(start, timeZone),
      date_end: gatewayTime(end, timeZone),
      recording_hash: hash,
      filename: fileName,
      content_type: input.content_type,
    });
    const id = newId();
    const expiry = presignedExpiry(target.uploadUrl);
    await this.database.transaction(async (tx) => {
      const row = await this.recordings.insert(tx, {
        id,
        process,
        source: 'two_step',
        fileName,
        start,
        end,
        contentType: input.content_type,
        recordingId: target.recordingId,
        uploadUrl: target.uploadUrl,
        // a URL that does not say when it ends is not waited for longer than any that does
        uploadUrlExpiresAt: expiry ?? new Date(Date.now() + LONGEST_URL_MS),
        md5: hash,
      });
      if (row) await this.recordings.tell(tx, actor, row);
    });
    return {
      recording_id: target.recordingId,
      upload_url: target.uploadUrl,
      upload_id: id,
      url_expiry: expiry?.toISOString() ?? null,
    };
  }

  /** The client says what became of the upload that it did by itself. Saying the same again changes nothing. */
  async report(actor: Actor, uploadId: string, input: ReportUpload): Promise<RecordingReply> {
    const seen = await this.visible(actor, uploadId);
    if (seen.source !== 'two_step') throw new RecordingIsOurs();
    return this.database.transaction(async (tx) => {
      const before = await this.recordings.locked(tx, seen.id);
      if (!before) throw new RecordingNotFound(uploadId);
      if (before.status === input.status) return { recording: recordingView(before) };
      if (before.status === 'complete' || before.status === 'failed') throw new RecordingEnded(before.status);
      const failed = input.status === 'failed';
      const row = await this.recordings.set(
        tx,
        actor,
        seen.id,
        `status = $2::varchar, upload_url = case when $2 = 'uploading' then upload_url end,
         completed_at = case when $2 = 'complete' then now() end, failure_code = $3, failure = $4`,
        [
          input.status,
          failed ? 'REPORTED_FAILED' : null,
          failed ? (input.reason ?? 'The client reported a failure') : null,
        ],
      );
      return { recording: recordingView(row) };
    });
  }

  /** Tries a failed upload again from the beginning, as long as its file is here. */
  async retry(actor: Actor, uploadId: string): Promise<RecordingReply> {
    const seen = await this.visible(actor, uploadId);
    const row = await this.database.transaction(async (tx) => {
      const before = await this.recordings.locked(tx, seen.id);
      if (!before) throw new RecordingNotFound(uploadId);
      if (before.status !== 'failed') throw new RecordingEnded(before.status);
      if (!before.storage_key || before.file_deleted_at || before.size_bytes === null)
        throw new RecordingCannotBeRetried();
      const changed = await this.recordings.set(
        tx,
        actor,
        seen.id,
        `status = 'pending', attempts = 0, next_attempt_at = now(), failure_code = null, failure = null, sent_bytes = 0`,
      );
      tx.afterCommit(() => void this.jobs.ring(uploadRecording, { recordingId: seen.id }, { dedupId: seen.id }));
      return changed;
    });
    return { recording: recordingView(row) };
  }

  private async visible(actor: Actor, uploadId: string): Promise<SaleRecordingRow> {
    const row = UUID.test(uploadId) ? await this.recordings.withOwner(this.database.read, uploadId) : undefined;
    if (!row || !maySeeSale(actor, row)) throw new RecordingNotFound(uploadId);
    return row;
  }
}
