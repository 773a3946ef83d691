import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../../platform/database/base.entity';
import type { AgentStatus, PendingStatus } from './agent-status';

/** Hours on one day: `["09:00", "17:00"]`, as the agent's profile keeps them. */
export type WorkingHours = Record<string, unknown>;

export const SKILL_LEVELS = ['beginner', 'intermediate', 'advanced', 'expert'] as const;

/** A person who takes calls. `status` and what belongs to it are written by AgentStatuses alone. */
@Entity('agent')
export class AgentRow extends ChangingRow {
  /** `AGT-001` */
  @Column('text')
  code: string;

  /** The account he signs in with; null for one who exists in the dialer only. */
  @Column('uuid', { nullable: true })
  user_id: string | null;

  /** The subscriber whose seat he takes. */
  @Column('uuid', { nullable: true })
  owner_user_id: string | null;

  @Column('text')
  name: string;

  @Column('text', { nullable: true })
  email: string | null;

  @Column('text', { nullable: true })
  phone: string | null;

  /** His name in the dialer; compared without regard to case. */
  @Column('text', { nullable: true })
  dialer_user_id: string | null;

  /** None means all. */
  @Column('text', { array: true, default: [] })
  departments: string[];

  @Column('text', { nullable: true })
  team: string | null;

  @Column('boolean', { default: false })
  is_supervisor: boolean;

  @Column('boolean', { default: true })
  is_active: boolean;

  @Column('text', { default: 'offline' })
  status: AgentStatus;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  status_since: Date;

  @Column('text', { nullable: true })
  status_reason: string | null;

  /** Since when he waits for work; the longest-waiting is asked first. Null unless he is available or being asked. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  idle_since: Date | null;

  /** Asked for during a call; taken after it. */
  @Column('text', { nullable: true })
  pending_status: PendingStatus | null;

  @Column('text', { nullable: true })
  pending_reason: string | null;

  @Column('smallint', { default: 1 })
  max_concurrent_calls: number;

  /** His last sign of life. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_seen_at: Date | null;

  @Column('text', { default: 'beginner' })
  skill_level: (typeof SKILL_LEVELS)[number];

  @Column('text', { array: true, default: [] })
  languages: string[];

  @Column('text', { array: true, default: [] })
  specializations: string[];

  @Column('jsonb', { default: {} })
  working_hours: WorkingHours;

  @Column('boolean', { default: true })
  use_ai_assistance: boolean;

  @Column('numeric', { precision: 3, scale: 2, default: 0.8 })
  ai_confidence_threshold: number;

  @Column('text', { default: 'homeai-standard' })
  preferred_ai_model: string;

  @Column('date', { nullable: true })
  hired_date: string | null;

  /** Lower-case text that is searched; made by the database. */
  @Column({ type: 'text', select: false, insert: false, update: false })
  search_text: string;
}
