import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../platform/database/base.entity';

/** A request to set a new password. Without a user when the e-mail was unknown: the same work is done for both. */
@Entity('password_reset')
export class PasswordReset extends BaseRow {
  @Column('uuid', { nullable: true })
  user_id: string | null;

  @Column({ type: 'text', collation: 'C' })
  token_hash: string;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  used_at: Date | null;
}
