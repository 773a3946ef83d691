import { Column, Entity } from 'typeorm';
import { BaseRow, ChangingRow } from '../../../platform/database/base.entity';
import type { Outcome } from '../metrics/service-level';
import type { Reason, SkillWish } from './distribution-choice';
import type { OpeningHours } from './opening-hours';

/** One wait of a call in one department's queue, and how it came out. A call waits in one queue at a time. */
@Entity('queue_entry')
export class QueueEntry extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('text')
  department: string;

  @Column('smallint')
  priority_rank: number;

  /** Its place: when the call first began to wait anywhere. */
  @Column({ type: 'timestamptz', precision: 3 })
  queued_at: Date;

  /** When it came into this queue. */
  @Column({ type: 'timestamptz', precision: 3 })
  entered_at: Date;

  @Column('text')
  state: 'waiting' | 'offered' | 'left';

  @Column('text', { nullable: true })
  outcome: Outcome | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  left_at: Date | null;

  /** When it has waited longer than the department lets it. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  overflow_due_at: Date | null;

  @Column('jsonb')
  required_skills: SkillWish[];

  @Column('jsonb')
  preferred_skills: SkillWish[];

  @Column('uuid', { nullable: true })
  only_agent_id: string | null;

  @Column('uuid', { array: true })
  declined_by: string[];

  /** Kept here so that a caller who rings again finds his place. */
  @Column('text', { nullable: true })
  phone_e164: string | null;
}

/** A call offered to an agent. At most one of a call is live (`call_offer_one_live`). */
@Entity('call_offer')
export class CallOffer extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('uuid')
  agent_id: string;

  @Column('uuid', { nullable: true })
  entry_id: string | null;

  @Column('text')
  purpose: 'queue' | 'transfer' | 'consult';

  @Column('text')
  state: 'live' | 'accepted' | 'rejected' | 'missed' | 'withdrawn';

  @Column({ type: 'timestamptz', precision: 3 })
  offered_at: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  resolved_at: Date | null;

  /** Why this agent. */
  @Column('jsonb', { nullable: true })
  why: Reason | null;
}

/**
 * One of an agent's hands. A call is carried in one hand of one agent (`agent_slot_one_agent`), and there is no hand
 * beyond his capacity (`agent_slot_within_capacity`).
 */
@Entity('agent_slot')
export class AgentSlot extends BaseRow {
  @Column('uuid')
  agent_id: string;

  @Column('smallint')
  n: number;

  @Column('uuid', { nullable: true })
  call_id: string | null;

  @Column('text')
  purpose: 'main' | 'consult';
}

/** What the queue remembers of an agent between calls. */
@Entity('agent_desk')
export class AgentDesk extends BaseRow {
  @Column('uuid')
  agent_id: string;

  /** Offers he let pass in a row. */
  @Column('smallint', { default: 0 })
  missed_offers: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  wrap_up_due_at: Date | null;

  @Column('uuid', { nullable: true })
  wrap_up_call_id: string | null;

  @Column('boolean', { default: false })
  wrap_up_extended: boolean;
}

/** How a department answers. */
@Entity('department_setting')
export class DepartmentSetting extends ChangingRow {
  @Column('text')
  name: string;

  @Column('text')
  time_zone: string;

  @Column('jsonb', { nullable: true })
  opening_hours: OpeningHours['week'];

  @Column('text', { array: true })
  holidays: string[];

  @Column('integer', { nullable: true })
  max_queue_length: number | null;

  @Column('integer', { nullable: true })
  max_wait_seconds: number | null;

  /** What becomes of a call that finds the department closed or full, or has waited too long. */
  @Column('text')
  overflow: 'department' | 'voicemail' | 'callback';

  @Column('text', { nullable: true })
  overflow_department: string | null;

  @Column('integer')
  service_level_seconds: number;

  @Column('integer')
  short_abandon_seconds: number;
}
