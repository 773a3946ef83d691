import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/** How a supervisor takes part: unheard, heard by the agent alone, or heard by all. */
export const MONITOR_MODES = ['listen', 'whisper', 'barge'] as const;
export type MonitorMode = (typeof MONITOR_MODES)[number];

/** Where the caller's leg was last sent. */
export type LegPlace = 'menu' | 'queue' | 'conference' | 'voicemail';

/** What was told of a leg in a conference. */
export interface ConferenceNews {
  sequence: number;
  isIn: boolean;
}

/**
 * A telephone in a call: the caller's, an agent's, a supervisor's. An agent's row is written before his telephone is
 * rung; without a sid nobody knows yet whether it rings.
 */
@Entity('call_leg')
export class CallLeg extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('text')
  role: 'caller' | 'agent' | 'supervisor';

  @Column('uuid', { nullable: true })
  agent_id: string | null;

  @Column('text', { nullable: true })
  sid: string | null;

  @Column('text', { nullable: true })
  place: LegPlace | null;

  @Column('text', { nullable: true })
  mode: MonitorMode | null;

  /** Of each conference it has been in the newest that was told: its number there, and whether the leg was in. */
  @Column('jsonb')
  conferences: Record<string, ConferenceNews>;

  /** It is in one of them. */
  @Column('boolean', { default: false })
  in_conference: boolean;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  ended_at: Date | null;
}
