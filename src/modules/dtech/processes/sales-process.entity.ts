import { Column, Entity } from 'typeorm';
import type { ActorSnapshot } from '../../../platform/access/actor';
import { ChangingRow } from '../../../platform/database/base.entity';
import type { GatewayLead, GatewayUser } from '../gateway/dtech-client';

/**
 * `starting`: the request is on its way (or the process that sent it died). `unknown`: no answer came, and a start is
 * never sent twice. `failed`: the gateway refused the start. The other three are the gateway's own.
 */
export type SalesStatus = 'starting' | 'unknown' | 'in_progress' | 'complete' | 'stopped' | 'failed';

/** A sale at the DTech gateway. */
@Entity('sales_process')
export class SalesProcessRow extends ChangingRow {
  /** The gateway's id; null until its answer to the start. */
  @Column('character varying', { length: 36, nullable: true })
  sales_process_id: string | null;

  @Column('character varying', { length: 20 })
  status: SalesStatus;

  /** Who sells: the agent's key, else that of the user or API key that started it. */
  @Column('uuid')
  agent_id: string;

  @Column('character varying', { length: 100 })
  lead_name: string;

  @Column('character varying', { length: 20 })
  lead_phone: string;

  @Column('uuid')
  account_id: string;

  @Column('text')
  campaign_code: string;

  @Column('text')
  lead_origin: string;

  @Column('text', { nullable: true })
  external_reference: string | null;

  @Column('jsonb')
  seller: GatewayUser;

  @Column('jsonb')
  lead_details: Partial<GatewayLead>;

  @Column('jsonb')
  started_by: ActorSnapshot;

  /** The user who started it, and who alone sees it beside admins and API keys. */
  @Column('uuid', { nullable: true })
  owner_user_id: string | null;

  /** Number of the dialer's lead it came from. */
  @Column('bigint', { nullable: true })
  lead_id: number | null;

  /** `CALL-…` of the call it was started in. */
  @Column('text', { nullable: true })
  call_id: string | null;

  @Column('uuid', { nullable: true })
  customer_id: string | null;

  @Column('text', { nullable: true })
  url: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  url_expiry: Date | null;

  @Column('text', { nullable: true })
  stop_reason: string | null;

  /** Why it is `failed` or `unknown`. */
  @Column('text', { nullable: true })
  failure: string | null;

  /** The gateway's last word on its status, as it was said. */
  @Column('jsonb', { nullable: true })
  gateway_status: unknown;

  /** When to ask the gateway next. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  follow_at: Date | null;

  @Column('integer', { default: 0 })
  follow_count: number;
}
