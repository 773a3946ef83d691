import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../../../platform/database/base.entity';

export const RECORDING_STATES = [
  'pending',
  'recording',
  'paused',
  'processing',
  'available',
  'failed',
  'deleted',
] as const;
export type RecordingState = (typeof RECORDING_STATES)[number];

/** What was recorded of a call: the conversation, or the message left instead of one. */
@Entity('call_recording')
export class CallRecording extends ChangingRow {
  @Column('uuid')
  call_id: string;

  @Column('text')
  kind: 'call' | 'voicemail';

  @Column('text', { nullable: true })
  provider_sid: string | null;

  @Column('text')
  state: RecordingState;

  /** Asked for; `state` says what the carrier does. */
  @Column('boolean', { default: false })
  is_paused: boolean;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  started_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  ended_at: Date | null;

  @Column('integer', { nullable: true })
  duration_seconds: number | null;

  @Column('text', { nullable: true })
  content_type: string | null;

  @Column('bigint', { nullable: true })
  size: number | null;

  /** Base64. */
  @Column('text', { nullable: true })
  md5: string | null;

  /** Hex. */
  @Column('text', { nullable: true })
  sha256: string | null;

  @Column('text', { nullable: true })
  storage_key: string | null;

  @Column('smallint', { default: 0 })
  attempts: number;

  /** When it is to be fetched (again). */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  due_at: Date | null;

  @Column('text', { nullable: true })
  error: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deleted_at: Date | null;
}
