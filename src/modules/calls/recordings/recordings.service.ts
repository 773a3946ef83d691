import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { Actor } from '../../../platform/access/actor';
import { Audit } from '../../../platform/audit/audit';
import { Database } from '../../../platform/database/database';
import { type ByteRange, ObjectMissing, RecordingStorage } from '../../../platform/storage/recording-storage';
import { maySeeCall } from '../call-access';
import { CallLedger } from '../call-ledger';
import { CallNotFound } from '../calls.errors';
import { CallsQueries } from '../calls.queries';
import { TelephonyCommands } from '../telephony/telephony-commands';
import { readRange } from './byte-range';
import type { CallRecording } from './call-recording.entity';
import { NotRecording, RangeNotSatisfiable, RecordingNotFound } from './recordings.errors';
import { type RecordingReply, type RecordingsReply, recordingView } from './recording.view';

/** A recording, or a part of it, to be sent. */
export interface Heard {
  content: Readable;
  contentType: string;
  size: number;
  range: ByteRange | undefined;
}

/** Recordings, for those who may hear them: whoever may see the call. */
@Injectable()
export class RecordingsService {
  constructor(
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly calls: CallsQueries,
    private readonly commands: TelephonyCommands,
    private readonly storage: RecordingStorage,
    private readonly audit: Audit,
  ) {}

  async list(actor: Actor, code: string): Promise<RecordingsReply> {
    const call = await this.calls.visible(actor, code);
    const rows = await this.database.read.rows<CallRecording>(
      'select * from call_recording where call_id = $1 order by created_at, id',
      [call.id],
    );
    const recordings = rows.map(recordingView);
    return {
      success: true,
      call_id: call.code,
      recordings,
      count: recordings.length,
      next_cursor: null,
      timestamp: new Date().toISOString(),
    };
  }

  /** Opens the recording for hearing, all or a part; that it was opened stands in the audit log. */
  async hear(actor: Actor, code: string, rangeHeader: string | undefined): Promise<Heard> {
    const call = await this.calls.visible(actor, code);
    const row = await this.database.read.one<CallRecording>(
      `select * from call_recording where call_id = $1 and state = 'available' order by created_at desc, id desc limit 1`,
      [call.id],
    );
    if (!row?.storage_key || row.size === null) throw new RecordingNotFound();
    const range = readRange(rangeHeader, row.size);
    if (range === 'none') throw new RangeNotSatisfiable(row.size);
    await this.database.transaction((tx) =>
      this.audit.record(tx, actor, 'recording.heard', `call:${call.code}`, {
        recording_id: row.id,
        ...(range ? { from: range.start, to: range.end } : {}),
      }),
    );
    try {
      const content = await this.storage.get(row.storage_key, range);
      return { content, contentType: row.content_type ?? 'audio/wav', size: row.size, range };
    } catch (error) {
      // deleted between the look and the reading
      if (error instanceof ObjectMissing) throw new RecordingNotFound();
      throw error;
    }
  }

  /** Leaves out what is said from now on (a card number), or takes it in again. */
  pause(actor: Actor, code: string, isPaused: boolean): Promise<RecordingReply> {
    return this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { code });
      if (!maySeeCall(actor, call.row)) throw new CallNotFound(code);
      const row = await tx.one<CallRecording>(
        `update call_recording set is_paused = $2, state = $3, updated_at = now()
          where call_id = $1 and kind = 'call' and state in ('recording', 'paused') returning *`,
        [call.row.id, isPaused, isPaused ? 'paused' : 'recording'],
      );
      if (!row) throw new NotRecording();
      await this.ledger.note(tx, actor, call.row, call.at, call.row.status, call.row.status, {
        kind: isPaused ? 'recording_paused' : 'recording_resumed',
        cause: 'asked for',
      });
      await this.commands.settle(tx, call.row);
      return {
        success: true,
        call_id: call.row.code,
        recording: recordingView(row),
        timestamp: new Date().toISOString(),
      };
    });
  }
}
