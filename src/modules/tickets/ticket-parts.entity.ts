import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ActorSnapshot } from '../../platform/access/actor';
import { BaseRow } from '../../platform/database/base.entity';
import type { SlaState, SlaTarget } from './sla/sla-clock';
import type { TicketStatus } from './ticket-status';

/** A tag of a ticket, with what a list by tag filters and sorts by. */
@Entity('ticket_tag')
export class TicketTagRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  ticket_id: string;

  @Column('text')
  tag: string;

  @Column('text')
  status: TicketStatus;

  @Column({ type: 'timestamptz', precision: 3 })
  created_at: Date;
}

/** Something said about a ticket: a comment, or a note left with an edit. */
@Entity('ticket_comment')
export class TicketCommentRow extends BaseRow {
  @Column('uuid')
  ticket_id: string;

  @Column('text')
  kind: 'comment' | 'note';

  @Column('text')
  body: string;

  /** Kept from the subscriber who owns the ticket. */
  @Column('boolean')
  is_internal: boolean;

  @Column('jsonb')
  author: ActorSnapshot;

  @Column('text')
  author_role: string;
}

/** One field that an edit changed. */
@Entity('ticket_history')
export class TicketHistoryRow extends BaseRow {
  @Column('uuid')
  ticket_id: string;

  /** The version that the edit made. */
  @Column('integer')
  version: number;

  @Column('text')
  field: string;

  @Column('jsonb', { nullable: true })
  from_value: unknown;

  @Column('jsonb', { nullable: true })
  to_value: unknown;

  @Column('jsonb')
  actor: ActorSnapshot;
}

/** One promise of a ticket and how far it is; the rules are in `sla/sla-clock.ts`. */
@Entity('ticket_sla')
export class TicketSlaRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  ticket_id: string;

  @Column('text')
  target: SlaTarget;

  @Column('integer', { nullable: true })
  target_minutes: number | null;

  @Column('text')
  state: SlaState;

  @Column('bigint', { default: 0 })
  spent_ms: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  running_since: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  warn_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  due_at: Date | null;

  /** When the sweep has something to tell; null when it has not. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  next_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  warned_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  breached_at: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  met_at: Date | null;
}
