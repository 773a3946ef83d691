import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/**
 * Something asked of the carrier: written before it is sent. `sending` that outlives its lease means that the answer
 * was lost; a dial is then looked up at the carrier and never sent again.
 */
@Entity('telephony_command')
export class TelephonyCommand extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('text')
  kind: 'dial' | 'hang_up' | 'hold' | 'resume' | 'bridge' | 'settle';

  @Column('jsonb')
  args: Record<string, unknown>;

  @Column('text')
  state: 'pending' | 'sending' | 'done' | 'failed';

  @Column('smallint', { default: 0 })
  attempts: number;

  /** When it is to be sent, or looked at again. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  due_at: Date | null;

  @Column('text', { nullable: true })
  error: string | null;
}

/** A call leg of the simulated carrier: what it will tell, and when. Used outside production only. */
@Entity('simulated_leg')
export class SimulatedLeg extends BaseRow {
  @Column('text')
  sid: string;

  @Column('uuid', { nullable: true })
  command_id: string | null;

  @Column('text')
  number: string;

  /** Signals still to come: kind, and milliseconds after the leg began. */
  @Column('jsonb')
  script: { kind: string; after_ms: number; sequence: number }[];

  @Column({ type: 'timestamptz', precision: 3 })
  began_at: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  due_at: Date | null;
}
