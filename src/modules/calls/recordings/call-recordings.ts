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
    return (await this.files('r.id::text = $1', recordingId))[0];
  }

  /** The files of a call's conversation that are there already; voicemails are none. */
  ofCall(callCode: string): Promise<RecordingFile[]> {
    return this.files(`c.code = $1 and r.kind = 'call'`, callCode);
  }

  private async files(which: string, value: string): Promise<RecordingFile[]> {
    const rows = await this.database.read.rows<CallRecording & { code: string; sales_process_id: string | null }>(
      `select r.*, c.code, c.sales_process_id from call_recording r join call c on c.id = r.call_id
        where ${which} and r.state = 'available' order by r.created_at, r.id`,
      [value],
    );
    return rows.flatMap((row) => fileOf(row) ?? []);
  }
}

function fileOf(row: CallRecording & { code: string; sales_process_id: string | null }): RecordingFile | undefined {
  if (!row.storage_key) return undefined;
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
