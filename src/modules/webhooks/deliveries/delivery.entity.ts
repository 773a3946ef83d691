import { Column, Entity, Unique } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/** `cancelled`: the endpoint was disabled or deleted before it was told. */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

/** One event owed to one endpoint. The row is the record; queues only ring for it. */
@Entity('webhook_delivery')
@Unique(['event_id', 'webhook_id'])
export class DeliveryRow extends BaseRow {
  @Column('uuid')
  webhook_id: string;

  @Column('uuid')
  event_id: string;

  @Column('bigint')
  seq: number;

  @Column('text')
  event_name: string;

  @Column('text')
  aggregate: string;

  @Column('boolean')
  is_test: boolean;

  @Column('text', { default: 'pending' })
  status: DeliveryStatus;

  /** Attempts ever made. */
  @Column('integer', { default: 0 })
  attempts: number;

  /** Where in the retry schedule it stands; a redelivery begins anew. */
  @Column('integer', { default: 0 })
  step: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  next_attempt_at: Date;

  /** A worker is sending it until then; when the worker dies, another may after that. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  leased_until: Date | null;

  /** Of several who held it, only the last may acknowledge. */
  @Column('uuid', { nullable: true })
  lease: string | null;

  /** The process that holds the lease. */
  @Column('uuid', { nullable: true })
  leased_by: string | null;

  @Column('integer', { nullable: true })
  last_status: number | null;

  @Column('text', { nullable: true })
  last_error: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finished_at: Date | null;
}
