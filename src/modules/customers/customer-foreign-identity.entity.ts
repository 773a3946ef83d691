import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../platform/database/base.entity';

/** Who a customer is in another system (a CRM): one customer per foreign record. */
@Entity('customer_foreign_identity')
export class CustomerForeignIdentityRow extends BaseRow {
  @Column('uuid')
  customer_id: string;

  @Column('uuid')
  integration_id: string;

  @Column('text')
  foreign_id: string;

  /** The first link of a customer owns his fields: a sync of another system does not overwrite them. */
  @Column('boolean')
  owns_fields: boolean;
}
