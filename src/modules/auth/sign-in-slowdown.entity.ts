import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../platform/database/base.entity';

/** How often one source has tried, and until when it has to wait. */
@Entity('sign_in_slowdown')
export class SignInSlowdownRow extends BaseRow {
  /** Hash of what is counted: an address, an account seen from an address, a device … */
  @Column({ type: 'text', collation: 'C' })
  key: string;

  @Column('integer')
  attempts: number;

  @Column({ type: 'timestamptz', precision: 3 })
  window_ends_at: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  blocked_until: Date | null;
}
