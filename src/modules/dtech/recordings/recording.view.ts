import type { RecordingSource, RecordingStatus, SaleRecordingRow } from './sale-recording.entity';

/** A recording of a sale. */
export class RecordingView {
  /**
   * Our own id, there from the first moment.
   * @example "0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  upload_id: string;

  /**
   * The gateway's id, once it has given one.
   * @example "9b1e2c30-12f4-4d0b-9d51-3c7a2f3b1c10"
   */
  recording_id: string | null;

  /** @example "5f2b9c1e-8f4d-4d0b-9d51-3c7a2f3b1c10" */
  sales_process_id: string;

  /** @example "uploading" */
  status: RecordingStatus;

  /** @example "recording.wav" */
  file_name: string;

  /**
   * When the recording begins.
   * @example "2025-06-08T10:15:00.000Z"
   */
  recorded_at: string;

  /**
   * When it ends.
   * @example "2025-06-08T10:20:00.000Z"
   */
  ended_at: string;

  /**
   * `two_step`: the client uploads by itself; `upload`: the file was given to us; `call`: recorded here.
   * @example "upload"
   */
  source: RecordingSource;

  /** @example "audio/wav" */
  content_type: string;

  /**
   * Bytes.
   * @example 1048576
   */
  size_bytes: number | null;

  /**
   * Bytes sent in the present attempt.
   * @example 524288
   */
  sent_bytes: number;

  /** @example 1 */
  attempts: number;

  /**
   * When it is tried next.
   * @example null
   */
  next_attempt_at: string | null;

  /**
   * Why it failed, as a stable word.
   * @example null
   */
  failure_code: string | null;

  /**
   * Why it failed, or why the last attempt did.
   * @example null
   */
  failure: string | null;

  /** @example "2025-06-08T10:21:00.000Z" */
  completed_at: string | null;

  /** @example "2025-06-08T10:20:30.000Z" */
  created_at: string;

  /** @example "2025-06-08T10:21:00.000Z" */
  updated_at: string;
}

/** What is shown of a row; its URL and place in storage are not. */
export const recordingView = (row: SaleRecordingRow): RecordingView => ({
  upload_id: row.id,
  recording_id: row.recording_id,
  sales_process_id: row.sales_process_id,
  status: row.status,
  file_name: row.file_name,
  recorded_at: row.recorded_at.toISOString(),
  ended_at: row.ended_at.toISOString(),
  source: row.source,
  content_type: row.content_type,
  size_bytes: row.size_bytes,
  sent_bytes: row.sent_bytes,
  attempts: row.attempts,
  next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
  failure_code: row.failure_code,
  failure: row.failure,
  completed_at: row.completed_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

/** Answer to the first of two steps. */
export class RecordingUrlReply {
  /** @example "9b1e2c30-12f4-4d0b-9d51-3c7a2f3b1c10" */
  recording_id: string;

  /**
   * PUT the file here with the same `Content-Type` and with `Content-MD5`.
   * @example "https://store.example.com/9b1e2c30?X-Amz-Signature=…"
   */
  upload_url: string;

  /**
   * Under which `upload-status` tells the state.
   * @example "0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  upload_id: string;

  /**
   * When the URL ends.
   * @example "2025-06-08T10:30:00.000Z"
   */
  url_expiry: string | null;
}

/** One recording. */
export class RecordingReply {
  /** The recording. */
  recording: RecordingView;
}

/** A page of recordings. */
export class RecordingsReply {
  /** Newest first. */
  recordings: RecordingView[];

  /**
   * Rows in this page.
   * @example 1
   */
  count: number;

  /**
   * `cursor` of the next page; null at the end.
   * @example null
   */
  next_cursor: string | null;
}
