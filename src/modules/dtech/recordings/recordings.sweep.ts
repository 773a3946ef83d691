import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { JobRunner } from '../../../platform/jobs/job-runner';
import { RecordingStorage } from '../../../platform/storage/recording-storage';
import { RecordingRepository } from './recording.repository';
import { sweepRecordings, uploadRecording } from './upload.job';

const AT_ONCE = 100;
/** A file that takes longer than this to arrive is not coming any more; the server cuts such requests off sooner. */
const RECEIVING_HOURS = 1;

/** Finds what lies about: uploads that are due, uploads nobody reported, files of no more use. */
@Injectable()
export class RecordingsSweep implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly recordings: RecordingRepository,
    private readonly storage: RecordingStorage,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.runner.registerSweep(sweepRecordings, () => this.run());
  }

  /** One look at everything. */
  async run(): Promise<void> {
    await this.ringForDue();
    await this.failUnreported();
    await this.deleteUploaded();
    await this.deleteUnreceived();
  }

  private async ringForDue(): Promise<void> {
    const due = await this.database.read.rows<{ id: string }>(
      `select id from sale_recording where next_attempt_at <= now() order by next_attempt_at limit $1`,
      [AT_ONCE],
    );
    await Promise.all(due.map(({ id }) => this.jobs.ring(uploadRecording, { recordingId: id }, { dedupId: id })));
  }

  /** The client was to upload by itself, and its URL has ended without a word from it. */
  private failUnreported(): Promise<void> {
    return this.database.transaction(async (tx) => {
      const late = await tx.rows<{ id: string }>(
        `select id from sale_recording
          where source = 'two_step' and status in ('pending', 'uploading') and upload_url_expires_at < now()
          order by upload_url_expires_at limit $1 for update skip locked`,
        [AT_ONCE],
      );
      for (const { id } of late) {
        await this.recordings.set(
          tx,
          systemActor('dtech.recordings'),
          id,
          `status = 'failed', failure_code = 'NOT_REPORTED', failure = 'Nobody reported the upload before its URL ended',
           upload_url = null`,
        );
      }
    });
  }

  private async deleteUploaded(): Promise<void> {
    const over = await this.database.read.rows<{ id: string; storage_key: string }>(
      `select id, storage_key from sale_recording
        where storage_key is not null and file_deleted_at is null and source = 'upload'
          and completed_at < now() - $1 * interval '1 day' order by completed_at limit $2`,
      [this.config.dtech.keepRecordingDays, AT_ONCE],
    );
    for (const { id, storage_key } of over) {
      await this.storage.delete(storage_key);
      await this.database.transaction((tx) =>
        tx.rows('update sale_recording set file_deleted_at = now() where id = $1', [id]),
      );
    }
  }

  /** The process that was receiving the file died. */
  private async deleteUnreceived(): Promise<void> {
    const left = await this.database.read.rows<{ id: string; storage_key: string }>(
      `select id, storage_key from sale_recording
        where source = 'upload' and size_bytes is null and status = 'pending'
          and created_at < now() - $1 * interval '1 hour' order by created_at limit $2`,
      [RECEIVING_HOURS, AT_ONCE],
    );
    for (const { id, storage_key } of left) {
      await this.storage.delete(storage_key);
      await this.database.transaction((tx) =>
        tx.rows('delete from sale_recording where id = $1 and size_bytes is null', [id]),
      );
    }
  }
}
