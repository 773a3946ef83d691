import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/** How a supervisor takes part: unheard, heard by the agent alone, or heard by all. */
export const MONITOR_MODES = ['listen', 'whisper', 'barge'] as const;
export type MonitorMode = (typeof MONITOR_MODES)[number];

/** Where the caller's leg was last sent. */
export type LegPlace = 'menu' | 'queue' | 'conference' | 'voicemail';

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

  /** The place, in the carrier's order, of the newest thing told about it in a conference. */
  @Column('bigint', { default: 0 })
  conference_order: number;

  @Column('boolean', { default: false })
  in_conference: boolean;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  ended_at: Date | null;
}
