import { Column, Entity } from 'typeorm';
import type { ActorSnapshot } from '../../../platform/access/actor';
import { ChangingRow } from '../../../platform/database/base.entity';

export type WebhookStatus = 'active' | 'disabled';
/** Why an endpoint is disabled: by hand, because it answered 410, or because it failed for days. */
export type DisabledReason = 'manual' | 'gone' | 'failing';
export type Ordering = 'none' | 'per_object';

/** Where to tell. Secrets and header values are sealed in their columns. */
@Entity('webhook')
export class WebhookRow extends ChangingRow {
  /** `wh_<hex>` */
  @Column({ type: 'text', collation: 'C', unique: true })
  code: string;

  @Column('text')
  url: string;

  /** Empty: all. */
  @Column('text', { array: true })
  events: string[];

  @Column('text', { nullable: true })
  description: string | null;

  @Column('text', { array: true })
  header_names: string[];

  /** Sealed JSON of the custom headers. */
  @Column('text', { nullable: true })
  headers: string | null;

  /** Sealed `whsec_…`. */
  @Column('text')
  secret: string;

  /** Sealed; signs beside the new one until `previous_secret_until`. */
  @Column('text', { nullable: true })
  previous_secret: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  previous_secret_until: Date | null;

  /** Sealed private key (PKCS 8, base64) for `v1a` signatures. */
  @Column('text', { nullable: true })
  ed25519_key: string | null;

  /** `whpk_…` for receivers. */
  @Column('text', { nullable: true })
  public_key: string | null;

  @Column('text')
  ordering: Ordering;

  @Column('integer', { nullable: true })
  max_concurrency: number | null;

  @Column('integer', { nullable: true })
  rate_per_second: number | null;

  @Column('text')
  status: WebhookStatus;

  @Column('text', { nullable: true })
  disabled_reason: DisabledReason | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  disabled_at: Date | null;

  @Column('integer', { default: 0 })
  consecutive_failures: number;

  /** The first failure after the last success. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  failing_since: Date | null;

  /** The breaker: nothing is sent before this. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  open_until: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_success_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_failure_at: Date | null;

  @Column('jsonb')
  created_by: ActorSnapshot;
}
