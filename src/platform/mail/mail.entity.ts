import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../database/base.entity';

/** A mail that is owed or was settled. What it says is rendered from `template` and `data` when it is sent. */
@Entity('mail')
export class Mail extends ChangingRow {
  @Column('text')
  template: string;

  @Column('text')
  to_address: string;

  /** What the template needs; emptied once the mail is settled. Never a secret. */
  @Column('jsonb')
  data: Record<string, unknown>;

  @Column('text', { default: 'owed' })
  status: 'owed' | 'sent' | 'failed' | 'expired';

  @Column('integer', { default: 0 })
  attempts: number;

  /** Also the lease: a claim moves it ahead, so that a mail whose sender died is claimed again. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  next_attempt_at: Date;

  /** After this it would only confuse: it is given up. */
  @Column({ type: 'timestamptz', precision: 3 })
  deliver_before: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  sent_at: Date | null;

  @Column('text', { nullable: true })
  last_error: string | null;
}
