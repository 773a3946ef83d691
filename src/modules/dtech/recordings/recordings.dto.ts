import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { AccountInput } from '../processes/sales.dto';
import type { RecordingType } from './sale-recording.entity';

/** Input of the first of two steps. */
export class RecordingUrlInput extends AccountInput {
  /**
   * When the recording begins; without an offset in the gateway's zone.
   * @example "2025-06-08T10:15:00"
   */
  @IsString()
  @MaxLength(40)
  date_start: string;

  /**
   * When it ends.
   * @example "2025-06-08T10:20:00"
   */
  @IsString()
  @MaxLength(40)
  date_end: string;

  /**
   * MD5 of the file, in base64 or hex.
   * @example "1B2M2Y8AsgTpgAmY7PhCfg=="
   */
  @IsString()
  @MaxLength(64)
  recording_hash: string;

  /** @example "recording.wav" */
  @IsString()
  @MaxLength(200)
  filename: string;

  /** @example "audio/wav" */
  @IsIn(['audio/wav', 'audio/mpeg'])
  content_type: RecordingType;
}

/** What became of an upload that the client did by itself. */
export class ReportUpload {
  /** @example "complete" */
  @IsIn(['uploading', 'complete', 'failed'])
  status: 'uploading' | 'complete' | 'failed';

  /**
   * Why it failed.
   * @example "The line broke"
   */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string;
}
