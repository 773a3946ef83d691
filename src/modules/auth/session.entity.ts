import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../platform/database/base.entity';

/** Why a session is over before its time. */
export type EndReason = 'logout' | 'refresh_reused' | 'password_reset' | 'password_changed' | 'disabled';

/** One sign-in of a person. Access tokens, refresh tokens and the cookie are worth nothing once it has ended. */
@Entity('session')
export class Session extends BaseRow {
  @Column('uuid')
  user_id: string;

  /** SHA-256 of the cookie. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  cookie_hash: string | null;

  /** Where it was opened from (IPv6: the /64), so that the owner is told from a stranger later. */
  @Column({ type: 'text', collation: 'C' })
  address: string;

  @Column('text', { nullable: true })
  user_agent: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  last_used_at: Date;

  /** Moves ahead with use. */
  @Column({ type: 'timestamptz', precision: 3 })
  expires_at: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  ended_at: Date | null;

  @Column('text', { nullable: true })
  end_reason: EndReason | null;
}
