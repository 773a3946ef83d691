import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { CallRecording } from './call-recording.entity';

/** The file behind a recording, for rooms that send it on. Its key never leaves the house. */
export interface RecordingFile {
  recordingId: string;
  callId: string;
  salesProcessId: string | null;
  storageKey: string;
  contentType: string;
  size: number;
  /** Base64. */
  md5: string;
  startedAt: Date;
  endedAt: Date;
}

/** Recordings, as other rooms ask for them. */
@Injectable()
export class CallRecordings {
  constructor(private readonly database: Database) {}

  /** The file of a recording that is there; undefined for any other. */
  async fileOf(recordingId: string): Promise<RecordingFile | undefined> {
    const row = await this.database.read.one<CallRecording & { code: string; sales_process_id: string | null }>(
      `select r.*, c.code, c.sales_process_id from call_recording r join call c on c.id = r.call_id
        where r.id::text = $1 and r.state = 'available'`,
      [recordingId],
    );
    if (!row?.storage_key) return undefined;
    const startedAt = row.started_at ?? row.created_at;
    return {
      recordingId: row.id,
      callId: row.code,
      salesProcessId: row.sales_process_id,
      storageKey: row.storage_key,
      contentType: row.content_type ?? 'audio/wav',
      size: row.size ?? 0,
      md5: row.md5 ?? '',
      startedAt,
      endedAt: row.ended_at ?? startedAt,
    };
  }
}
