import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/** The keys that an activation yielded; the newest for a gateway and account counts. */
@Entity('dtech_activation')
export class ActivationRow extends BaseRow {
  @Column('text')
  environment: 'test' | 'prod';

  @Column('uuid')
  account_id: string;

  @Column('text')
  security_group: string;

  @Column('text')
  access_key_id: string;

  /** Sealed. */
  @Column('text')
  secret_access_key: string;
}
