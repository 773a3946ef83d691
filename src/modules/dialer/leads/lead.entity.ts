import { Column, Entity } from 'typeorm';
import { BaseRow, ChangingRow } from '../../../platform/database/base.entity';
import type { ActorSnapshot } from '../../../platform/access/actor';
import type { LeadStatus } from './lead-status';

/** Somebody who may buy. Unique by telephone number and by each of the dialer's ids. */
@Entity('lead')
export class LeadRow extends ChangingRow {
  /** What callers know as `id`; given by the database. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS', insert: false, update: false })
  number: number;

  @Column({ type: 'text', collation: 'C', default: 'interested' })
  status: LeadStatus;

  @Column({ type: 'text', nullable: true })
  title: string | null;

  @Column({ type: 'text', nullable: true })
  first_name: string | null;

  @Column({ type: 'text', nullable: true })
  middle_initial: string | null;

  @Column({ type: 'text', nullable: true })
  last_name: string | null;

  /** Built from the components when there are any. */
  @Column({ type: 'text', nullable: true })
  full_name: string | null;

  /** As it was last sent. */
  @Column({ type: 'text', nullable: true })
  phone: string | null;

  /** What is matched on; null when what was sent is no telephone number or belongs to another lead. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  phone_e164: string | null;

  @Column({ type: 'text', nullable: true })
  alt_phone: string | null;

  @Column({ type: 'text', nullable: true })
  email: string | null;

  @Column({ type: 'text', nullable: true })
  gender: string | null;

  @Column({ type: 'date', nullable: true })
  date_of_birth: string | null;

  @Column({ type: 'text', nullable: true })
  address1: string | null;

  @Column({ type: 'text', nullable: true })
  address2: string | null;

  @Column({ type: 'text', nullable: true })
  address3: string | null;

  @Column({ type: 'text', nullable: true })
  city: string | null;

  @Column({ type: 'text', nullable: true })
  state: string | null;

  @Column({ type: 'text', nullable: true })
  province: string | null;

  @Column({ type: 'text', nullable: true })
  postal_code: string | null;

  @Column({ type: 'text', nullable: true })
  country_code: string | null;

  @Column({ type: 'text', nullable: true })
  comments: string | null;

  @Column({ type: 'text', nullable: true })
  notes: string | null;

  @Column({ type: 'text', nullable: true })
  vendor_id: string | null;

  @Column({ type: 'text', nullable: true })
  list_id: string | null;

  @Column({ type: 'text', collation: 'C', nullable: true })
  campaign: string | null;

  @Column({ type: 'text', nullable: true })
  recording_file: string | null;

  /** The id the dialer last used; all of them stand in lead_dialer_id. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  dialer_lead_id: string | null;

  /** When the dialer's call was. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  called_at: Date | null;

  @Column({ type: 'numeric', precision: 12, scale: 2, nullable: true })
  energy_bill_amount: number | null;

  @Column({ type: 'boolean', nullable: true })
  has_ev_charger: boolean | null;

  @Column({ type: 'text', nullable: true })
  day_night_rate: 'yes' | 'no' | 'unsure' | null;

  @Column({ type: 'boolean', nullable: true })
  has_previous_quotes: boolean | null;

  @Column({ type: 'text', nullable: true })
  previous_quotes_details: string | null;

  /** What the dialer says of itself and the call, by the document's names. */
  @Column({ type: 'jsonb', default: {} })
  call_data: Record<string, string>;

  /** Fields the document does not know. */
  @Column({ type: 'jsonb', default: {} })
  dialer_data: Record<string, unknown>;

  @Column({ type: 'uuid', nullable: true })
  customer_id: string | null;

  /** The first agent; changed by people only. */
  @Column({ type: 'uuid', nullable: true })
  assigned_agent_id: string | null;

  /** Who sent it last. */
  @Column({ type: 'uuid', nullable: true })
  last_agent_id: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  appointment_at: Date | null;

  @Column({ type: 'text', nullable: true })
  appointment_notes: string | null;

  /** Lower-case text that is searched; made by the database. */
  @Column({ type: 'text', select: false, insert: false, update: false })
  search_text: string;
}

/** One of the ids under which the dialer knows a lead. */
@Entity('lead_dialer_id')
export class LeadDialerIdRow extends BaseRow {
  @Column({ type: 'text', collation: 'C' })
  dialer_lead_id: string;

  @Column('uuid')
  lead_id: string;
}

/** A field's value before and after. */
export type Changes = Record<string, { from: unknown; to: unknown }>;

/** What somebody changed in a lead. */
@Entity('lead_change')
export class LeadChangeRow extends BaseRow {
  @Column('uuid')
  lead_id: string;

  @Column('jsonb')
  actor: ActorSnapshot;

  @Column('jsonb')
  changes: Changes;
}
