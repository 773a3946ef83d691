import { Column, Entity } from 'typeorm';
import { BaseRow } from '../database/base.entity';

/** A message from outside, known by what its sender calls it. */
@Entity('inbox_message')
export class InboxMessage extends BaseRow {
  /** `twilio.status`, `stripe`: who sent it, and which kind of thing it is. */
  @Column('text')
  source: string;

  @Column('text')
  external_id: string;

  /** What it said; null once it has been done. */
  @Column('jsonb', { nullable: true })
  body: object | null;

  /** What was answered, and is answered again when it is repeated. */
  @Column('text')
  answer: string;

  @Column('text')
  state: 'done' | 'owed' | 'failed';

  @Column('smallint', { default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  due_at: Date | null;

  @Column('text', { nullable: true })
  error: string | null;
}
