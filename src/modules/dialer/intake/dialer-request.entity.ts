import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/** A signed request that has been here; kept for as long as it could be accepted again. */
@Entity('dialer_request')
export class DialerRequestRow extends BaseRow {
  /** `v1:<signature>:<timestamp>` or `v2:<nonce>`; unique in the database. */
  @Column({ type: 'text', collation: 'C' })
  token: string;
}
