import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ActorSnapshot } from '../../platform/access/actor';
import { ChangingRow } from '../../platform/database/base.entity';
import type { TicketPriority, TicketStatus } from './ticket-status';

/**
 * A ticket. Public codes of the customer, the agent and the ticket it was merged into never change, so they are kept
 * beside the keys and a list needs no join.
 */
@Entity('ticket')
export class TicketRow extends ChangingRow {
  /** `TKT-20241108-0001`, consecutive within the UTC day. */
  @Column('text')
  code: string;

  /** Rises with every edit; what `If-Match` is compared with. */
  @Column('integer', { default: 1 })
  version: number;

  @Column('text')
  status: TicketStatus;

  @Column('text')
  priority: TicketPriority;

  @Column('text')
  department: string;

  @Column('text')
  subject: string;

  @Column('text')
  description: string;

  @Column('uuid', { nullable: true })
  customer_id: string | null;

  @Column('text', { nullable: true })
  customer_code: string | null;

  @Column('text', { nullable: true })
  customer_name: string | null;

  /** As it was sent. */
  @Column('text', { nullable: true })
  customer_phone: string | null;

  @Column('text', { nullable: true })
  customer_phone_e164: string | null;

  @Column('text', { nullable: true })
  customer_email: string | null;

  @Column('text', { nullable: true })
  call_code: string | null;

  @Column('uuid', { nullable: true })
  assigned_agent_id: string | null;

  @Column('text', { nullable: true })
  assigned_agent_code: string | null;

  /** The subscriber who may see it. */
  @Column('uuid', { nullable: true })
  owner_user_id: string | null;

  @Column('text', { array: true, default: () => "'{}'" })
  tags: string[];

  /** The newest note; all of them are comments of kind `note`. */
  @Column('text', { nullable: true })
  notes: string | null;

  @Column('uuid', { nullable: true })
  merged_into_id: string | null;

  @Column('text', { nullable: true })
  merged_into_code: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  first_response_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  resolved_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  closed_at: Date | null;

  /** What a search finds candidates by; see ticket-search.ts. */
  @Column('text')
  search_key: string;

  @Column('jsonb')
  created_by: ActorSnapshot;
}

/** The last number given on a UTC day. */
@Entity('ticket_day')
export class TicketDayRow {
  @PrimaryColumn('date')
  day: string;

  @Column('integer')
  last_number: number;
}
