import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ActorSnapshot } from '../../platform/access/actor';
import type { AgentStatus } from './agent-status';

/** A time an agent spent in one status. No two of an agent overlap, and one is open. */
@Entity('agent_status_interval')
export class AgentStatusIntervalRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  agent_id: string;

  @Column('text')
  status: AgentStatus;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  started_at: Date;

  /** Null while it lasts. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  ended_at: Date | null;

  @Column('jsonb')
  changed_by: ActorSnapshot;
}
