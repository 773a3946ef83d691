import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ActorSnapshot } from '../access/actor';

/**
 * One fact, written in the transaction of the change it tells of. `position` is the order of writing and may have gaps;
 * `seq` is given by the relay after the commit, has none, and is what the outside orders by.
 */
@Entity('event')
export class EventRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column({ type: 'bigint', generated: 'identity' })
  position: number;

  @Column('bigint', { nullable: true })
  seq: number | null;

  @Column('text')
  name: string;

  /** The object the event is about, for order per object: `lead:<uuid>`. */
  @Column('text')
  aggregate: string;

  @Column('jsonb')
  data: Record<string, unknown>;

  @Column('jsonb')
  actor: ActorSnapshot;

  @Column('text', { array: true })
  audience_roles: string[];

  @Column('text', { array: true })
  audience_departments: string[];

  @Column('uuid', { array: true })
  audience_users: string[];

  @Column('text')
  audience_scope: string;

  /** The customer whose data this holds, so that it can be redacted. */
  @Column('uuid', { nullable: true })
  subject_customer_id: string | null;

  /** Written by `POST /api/webhooks/trigger`: read by the webhooks alone, shown on no screen. */
  @Column('boolean', { default: false })
  is_test: boolean;

  @Column('text', { nullable: true })
  request_id: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  occurred_at: Date;
}
