import { Column, Entity } from 'typeorm';
import type { ActorSnapshot } from '../../../platform/access/actor';
import { ChangingRow } from '../../../platform/database/base.entity';

export const CALLBACK_STATUSES = ['pending', 'completed', 'canceled'] as const;
export type CallbackStatus = (typeof CALLBACK_STATUSES)[number];

/** A promise to call a lead again. */
@Entity('lead_callback')
export class LeadCallbackRow extends ChangingRow {
  @Column('uuid')
  lead_id: string;

  /** Who calls; null: whoever is free. */
  @Column('uuid', { nullable: true })
  agent_id: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  due_at: Date;

  @Column('text', { nullable: true })
  note: string | null;

  @Column({ type: 'text', collation: 'C', default: 'pending' })
  status: CallbackStatus;

  /** The dialer keeps at most one pending callback of a lead. */
  @Column('text')
  source: 'person' | 'dialer';

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  closed_at: Date | null;

  @Column('jsonb')
  created_by: ActorSnapshot;
}
