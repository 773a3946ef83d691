import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../platform/database/base.entity';

/** A service's key, kept as its hash; the prefix tells keys apart in lists and logs. */
@Entity('api_key')
export class ApiKey extends BaseRow {
  @Column('text')
  name: string;

  @Column({ type: 'text', collation: 'C' })
  prefix: string;

  @Column({ type: 'text', collation: 'C' })
  key_hash: string;

  @Column('text', { array: true })
  scopes: string[];

  @Column('uuid', { nullable: true })
  created_by: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_used_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revoked_at: Date | null;
}
