import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/** A process that sends deliveries, and when it was last heard of. */
@Entity('webhook_worker')
export class WebhookWorkerRow extends BaseRow {
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  seen_at: Date;
}
