import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../platform/database/base.entity';

/** A refresh token, kept as its hash. It works once; `parent_id` is the token it was given for. */
@Entity('refresh_token')
export class RefreshToken extends BaseRow {
  @Column('uuid')
  session_id: string;

  @Column('uuid', { nullable: true })
  parent_id: string | null;

  @Column({ type: 'text', collation: 'C' })
  token_hash: string;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  used_at: Date | null;
}
