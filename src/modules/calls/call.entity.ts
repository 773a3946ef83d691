import { Column, Entity } from 'typeorm';
import type { ActorSnapshot } from '../../platform/access/actor';
import { BaseRow, ChangingRow } from '../../platform/database/base.entity';
import type { CallStatus } from './call-state';
import type { IntervalKind } from './call-intervals';
import type { SkillWish } from './queue/distribution-choice';
import type { CarrierFacts } from './telephony/carrier-facts';

export type Direction = 'inbound' | 'outbound';

/** A call. Its status is written by `call-ledger.ts` alone. */
@Entity('call')
export class Call extends ChangingRow {
  /** Public id, `CALL-1A2B3C4D`. */
  @Column('text')
  code: string;

  @Column('text')
  status: CallStatus;

  @Column('text')
  direction: Direction;

  /** As it was sent. */
  @Column('text')
  phone_number: string;

  /** null when what was sent is no phone number; then nothing is matched on it. */
  @Column('text', { nullable: true })
  phone_e164: string | null;

  @Column('text', { nullable: true })
  customer_name: string | null;

  @Column('text', { nullable: true })
  customer_email: string | null;

  @Column('uuid', { nullable: true })
  customer_id: string | null;

  @Column('text', { nullable: true })
  department: string | null;

  /** 0 urgent, 1 high, 2 medium, 3 low. */
  @Column('smallint')
  priority_rank: number;

  @Column('uuid', { nullable: true })
  assigned_agent_id: string | null;

  /** The colleague who is asked in a warm transfer. */
  @Column('uuid', { nullable: true })
  consult_agent_id: string | null;

  /** The subscriber it belongs to. */
  @Column('uuid', { nullable: true })
  owner_user_id: string | null;

  @Column('text', { nullable: true })
  provider_call_sid: string | null;

  @Column('text', { nullable: true })
  sales_process_id: string | null;

  /** Whether a carrier carries it; a call that is only recorded connects by the word of whoever records it. */
  @Column('boolean', { default: false })
  is_carried: boolean;

  @Column('jsonb')
  required_skills: SkillWish[];

  @Column('jsonb')
  preferred_skills: SkillWish[];

  @Column({ type: 'timestamptz', precision: 3 })
  started_at: Date;

  /** When it first began to wait: its place in every queue it comes to. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  queued_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  answered_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  ended_at: Date | null;

  /** The moment of its last change; the next one is never before it. */
  @Column({ type: 'timestamptz', precision: 3 })
  changed_at: Date;

  /** Until when a call that an agent took must be connected. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  connect_due_at: Date | null;

  @Column('integer', { default: 0 })
  queue_time_seconds: number;

  @Column('integer', { default: 0 })
  ring_time_seconds: number;

  @Column('integer', { default: 0 })
  talk_time_seconds: number;

  @Column('integer', { default: 0 })
  hold_time_seconds: number;

  @Column('integer', { default: 0 })
  total_duration_seconds: number;

  @Column('text', { nullable: true })
  disposition: string | null;

  @Column('jsonb')
  metadata: Record<string, unknown>;

  /** What the carrier has told of it so far. */
  @Column('jsonb')
  carrier_facts: CarrierFacts;
}

/** A stretch of a call's time. Two of one call never overlap (`call_interval_no_overlap`). */
@Entity('call_interval')
export class CallInterval extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('text')
  kind: IntervalKind;

  @Column('uuid', { nullable: true })
  agent_id: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  started_at: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  ended_at: Date | null;
}

/** One line of a call's history: what changed, who did it, and why. */
@Entity('call_change')
export class CallChange extends BaseRow {
  @Column({ type: 'bigint', generated: 'identity' })
  position: number;

  @Column('uuid')
  call_id: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;

  @Column('text')
  kind: string;

  @Column('text', { nullable: true })
  from_status: CallStatus | null;

  @Column('text', { nullable: true })
  to_status: CallStatus | null;

  @Column('jsonb')
  actor: ActorSnapshot;

  @Column('text')
  cause: string;

  @Column('jsonb')
  data: Record<string, unknown>;
}
