import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../../platform/database/base.entity';

/** What a person is here. A supervisor is an agent whose profile says so. */
export type UserRole = 'admin' | 'agent' | 'user';

/** A person who can sign in. Never deleted: disabled with `is_active`. */
@Entity('user_account')
export class UserAccount extends ChangingRow {
  /** Lower case; unique in the database. */
  @Column({ type: 'text', collation: 'C' })
  email: string;

  /** argon2id, in PHC form. */
  @Column('text')
  password_hash: string;

  @Column('text', { default: '' })
  first_name: string;

  @Column('text', { default: '' })
  last_name: string;

  @Column('text', { nullable: true })
  phone: string | null;

  @Column('text')
  role: UserRole;

  @Column('boolean', { default: true })
  is_active: boolean;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_login_at: Date | null;
}
