import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../../../platform/database/base.entity';

/** The document's four. */
export type RecordingStatus = 'pending' | 'uploading' | 'complete' | 'failed';

/** How it came: the client uploads by itself, it gave the file to us, or it is the recording of a call of ours. */
export type RecordingSource = 'two_step' | 'upload' | 'call';

/** What the gateway takes. */
export type RecordingType = 'audio/wav' | 'audio/mpeg';

/** A recording on its way to the gateway's store; its key is the `upload_id` on the wire. */
@Entity('sale_recording')
export class SaleRecordingRow extends ChangingRow {
  /** The gateway's id; another for each upload URL. */
  @Column('character varying', { length: 36, nullable: true })
  recording_id: string | null;

  @Column('character varying', { length: 36 })
  sales_process_id: string;

  @Column('uuid')
  process_id: string;

  @Column('character varying', { length: 20 })
  status: RecordingStatus;

  @Column('character varying', { length: 200 })
  file_name: string;

  @Column({ type: 'timestamptz', precision: 3 })
  recorded_at: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  ended_at: Date;

  @Column('text')
  source: RecordingSource;

  @Column('text', { nullable: true })
  call_recording_id: string | null;

  @Column('text')
  content_type: RecordingType;

  /** Null until all of the file is here. */
  @Column('bigint', { nullable: true })
  size_bytes: number | null;

  /** Base64. */
  @Column('text', { nullable: true })
  md5: string | null;

  /** Where the file is in our storage; null when the client uploads by itself. */
  @Column('text', { nullable: true })
  storage_key: string | null;

  /** Sealed: whoever has it may write the recording. */
  @Column('text', { nullable: true })
  upload_url: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  upload_url_expires_at: Date | null;

  @Column('integer', { default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  next_attempt_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lease_until: Date | null;

  @Column('bigint', { default: 0 })
  sent_bytes: number;

  @Column('text', { nullable: true })
  failure_code: string | null;

  @Column('text', { nullable: true })
  failure: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  completed_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  file_deleted_at: Date | null;
}
