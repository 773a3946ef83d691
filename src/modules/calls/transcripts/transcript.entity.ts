import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

export const SPEAKERS = ['customer', 'agent', 'bot', 'system'] as const;
export type Speaker = (typeof SPEAKERS)[number];

/** What was said in a call, from its first message on. */
@Entity('transcript')
export class Transcript extends BaseRow {
  @Column('uuid')
  call_id: string;

  /** Number of its newest message; locking this row puts concurrent messages in order. */
  @Column('integer')
  last_sequence: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  closed_at: Date | null;
}

/** One thing that was said. */
@Entity('transcript_message')
export class TranscriptMessage extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('integer')
  sequence: number;

  @Column('text')
  speaker: Speaker;

  @Column('text')
  content: string;

  /** BCP 47. */
  @Column('text', { nullable: true })
  language: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;
}
