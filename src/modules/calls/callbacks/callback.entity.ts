import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../../../platform/database/base.entity';

/** A promise to ring somebody back. When it is due it becomes an outbound call at the head of the queue. */
@Entity('call_callback')
export class CallCallback extends ChangingRow {
  /** The call it was promised in. */
  @Column('uuid', { nullable: true })
  call_id: string | null;

  @Column('text')
  phone_number: string;

  @Column('text', { nullable: true })
  phone_e164: string | null;

  @Column('text', { nullable: true })
  customer_name: string | null;

  @Column('text')
  department: string;

  @Column({ type: 'timestamptz', precision: 3 })
  due_at: Date;

  @Column('text')
  state: 'scheduled' | 'queued' | 'canceled';

  /** The call it became. */
  @Column('uuid', { nullable: true })
  new_call_id: string | null;

  @Column('uuid', { nullable: true })
  owner_user_id: string | null;

  @Column('text', { nullable: true })
  note: string | null;
}
