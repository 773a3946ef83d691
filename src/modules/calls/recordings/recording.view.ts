import type { CallRecording, RecordingState } from './call-recording.entity';

/** A recording of a call. */
export class RecordingView {
  /** @example "0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f" */
  recording_id: string;
  /**
   * The conversation, or the message left instead of one.
   * @example "call"
   */
  kind: 'call' | 'voicemail';
  /** @example "available" */
  status: RecordingState;
  /**
   * Seconds.
   * @example 214
   */
  duration: number | null;
  /** @example "audio/wav" */
  content_type: string | null;
  /**
   * Bytes.
   * @example 6848044
   */
  size: number | null;
  /** @example "2026-11-08T12:00:20.000Z" */
  started_at: string | null;
  /** @example "2026-11-08T12:03:54.000Z" */
  ended_at: string | null;
}

export const recordingView = (row: CallRecording): RecordingView => ({
  recording_id: row.id,
  kind: row.kind,
  status: row.state,
  duration: row.duration_seconds,
  content_type: row.content_type,
  size: row.size,
  started_at: row.started_at?.toISOString() ?? null,
  ended_at: row.ended_at?.toISOString() ?? null,
});

/** The recordings of a call. */
export class RecordingsReply {
  /** @example true */
  success: true;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  recordings: RecordingView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:04:06.000Z" */
  timestamp: string;
}

/** What is recorded from now on. */
export class RecordingReply {
  /** @example true */
  success: true;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  recording: RecordingView;
  /** @example "2026-11-08T12:01:06.000Z" */
  timestamp: string;
}
