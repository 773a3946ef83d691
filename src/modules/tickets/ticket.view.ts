import type { ActorSnapshot } from '../../platform/access/actor';
import type { SlaState, SlaTarget } from './sla/sla-clock';
import type { TicketRow } from './ticket.entity';
import type { TicketCommentRow, TicketHistoryRow, TicketSlaRow } from './ticket-parts.entity';
import { TICKET_TRANSITIONS, type TicketPriority, type TicketStatus } from './ticket-status';

const iso = (at: Date): string => at.toISOString();
const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Who did something. */
export class TicketActorView {
  /**
   * A person (`user`), a service with an API key, or the product itself (`system`).
   * @example "user"
   */
  kind: string;
  /** @example "0192f3a4-5b6c-7d8e-9f00-112233445566" */
  id: string;
  /**
   * The agent's id, when an agent did it.
   * @example "AGT-002"
   */
  agent: string | null;
}

/** One promise: its time, and how far it is. Counted in opening hours; it stands still while the ticket is pending. */
export class TicketSlaView {
  /**
   * Working minutes; null when nothing is promised for this priority.
   * @example 60
   */
  target_minutes: number | null;
  /**
   * `running`, `paused`, `met` or `canceled`.
   * @example "running"
   */
  state: SlaState;
  /**
   * When it is due if nothing changes; null while it stands still.
   * @example "2024-11-08T13:00:00.000Z"
   */
  due_at: string | null;
  /**
   * When the warning was given.
   * @example null
   */
  warned_at: string | null;
  /**
   * When it ran out.
   * @example null
   */
  breached_at: string | null;
  /**
   * When what was promised was done.
   * @example null
   */
  met_at: string | null;
}

/** The promises of a ticket. */
export class TicketSlasView {
  /** Until somebody answers: a comment that is not internal, a note, or the end of the ticket. */
  first_response: TicketSlaView | null;
  /** Until it is resolved or closed. */
  resolution: TicketSlaView | null;
}

/** A ticket. */
export class TicketView {
  /** @example "TKT-20241108-0001" */
  ticket_id: string;
  /**
   * Rises with every edit; send it in `If-Match` to be sure that nobody was faster.
   * @example 1
   */
  version: number;
  /**
   * `open`, `in_progress`, `pending`, `resolved` or `closed`.
   * @example "open"
   */
  status: TicketStatus;
  /**
   * Where it may go from here.
   * @example ["in_progress", "pending", "resolved", "closed"]
   */
  allowed_statuses: TicketStatus[];
  /**
   * `low`, `medium`, `high` or `urgent`.
   * @example "high"
   */
  priority: TicketPriority;
  /** @example "complaints" */
  department: string;
  /** @example "Delivery Issue" */
  subject: string;
  /** @example "Package not received" */
  description: string;
  /** @example "CUST-001" */
  customer_id: string | null;
  /** @example "Ahmed Mohamed" */
  customer_name: string | null;
  /**
   * As it was sent.
   * @example "+966501234567"
   */
  customer_phone: string | null;
  /**
   * null when what was sent is no telephone number.
   * @example "+966501234567"
   */
  customer_phone_e164: string | null;
  /** @example "ahmed@example.com" */
  customer_email: string | null;
  /** @example "CALL-1A2B3C4D" */
  call_id: string | null;
  /**
   * The agent who works on it.
   * @example "AGT-002"
   */
  assigned_to: string | null;
  /** @example ["delivery"] */
  tags: string[];
  /**
   * The newest note.
   * @example null
   */
  notes: string | null;
  /**
   * The ticket in which work goes on, when this one was merged.
   * @example null
   */
  merged_into: string | null;
  /** What was promised, and how far it is. */
  sla: TicketSlasView;
  /** @example null */
  first_response_at: string | null;
  /** @example null */
  resolved_at: string | null;
  /** @example null */
  closed_at: string | null;
  /** Who opened it. */
  created_by: TicketActorView;
  /** @example "2024-11-08T12:00:00.000Z" */
  created_at: string;
  /** @example "2024-11-08T12:00:00.000Z" */
  updated_at: string;
}

/** A comment or a note. */
export class TicketCommentView {
  /** @example "0192f3a4-5b6c-7d8e-9f00-112233445566" */
  id: string;
  /**
   * The ticket it was written on; another one when that was merged into this.
   * @example "TKT-20241108-0001"
   */
  ticket_id: string;
  /**
   * `comment`, or `note` when it came with an edit.
   * @example "comment"
   */
  kind: string;
  /** @example "The parcel is at the depot." */
  body: string;
  /**
   * Kept from the subscriber who owns the ticket.
   * @example false
   */
  internal: boolean;
  /** Who wrote it. */
  author: TicketActorView;
  /**
   * `agent`, `admin`, `user`, `service` or `system`.
   * @example "agent"
   */
  author_role: string;
  /** @example "2024-11-08T12:30:00.000Z" */
  created_at: string;
}

/** One field that an edit changed. */
export class TicketHistoryView {
  /**
   * The ticket that was edited; another one when that was merged into this.
   * @example "TKT-20241108-0001"
   */
  ticket_id: string;
  /**
   * The version that the edit made.
   * @example 2
   */
  version: number;
  /** @example "status" */
  field: string;
  /**
   * Its value before.
   * @example "open"
   */
  from: unknown;
  /**
   * Its value after.
   * @example "in_progress"
   */
  to: unknown;
  /** Who did it. */
  by: TicketActorView;
  /** @example "2024-11-08T12:30:00.000Z" */
  at: string;
}

/** A ticket with its promises. */
export type TicketWithSla = TicketRow & { sla: TicketSlaRow[] };

const actorView = (actor: ActorSnapshot): TicketActorView => ({
  kind: actor.kind,
  id: actor.id,
  agent: actor.agent ?? null,
});

function slaView(rows: readonly TicketSlaRow[], target: SlaTarget): TicketSlaView | null {
  const row = rows.find((one) => one.target === target);
  if (!row) return null;
  return {
    target_minutes: row.target_minutes,
    state: row.state,
    due_at: isoOrNull(row.due_at),
    warned_at: isoOrNull(row.warned_at),
    breached_at: isoOrNull(row.breached_at),
    met_at: isoOrNull(row.met_at),
  };
}

/** The ticket as the API and the events show it. */
export const ticketView = (row: TicketWithSla): TicketView => ({
  ticket_id: row.code,
  version: row.version,
  status: row.status,
  allowed_statuses: row.merged_into_code ? [] : [...TICKET_TRANSITIONS[row.status]],
  priority: row.priority,
  department: row.department,
  subject: row.subject,
  description: row.description,
  customer_id: row.customer_code,
  customer_name: row.customer_name,
  customer_phone: row.customer_phone,
  customer_phone_e164: row.customer_phone_e164,
  customer_email: row.customer_email,
  call_id: row.call_code,
  assigned_to: row.assigned_agent_code,
  tags: row.tags,
  notes: row.notes,
  merged_into: row.merged_into_code,
  sla: { first_response: slaView(row.sla, 'first_response'), resolution: slaView(row.sla, 'resolution') },
  first_response_at: isoOrNull(row.first_response_at),
  resolved_at: isoOrNull(row.resolved_at),
  closed_at: isoOrNull(row.closed_at),
  created_by: actorView(row.created_by),
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});

export const commentView = (row: TicketCommentRow & { code: string }): TicketCommentView => ({
  id: row.id,
  ticket_id: row.code,
  kind: row.kind,
  body: row.body,
  internal: row.is_internal,
  author: actorView(row.author),
  author_role: row.author_role,
  created_at: iso(row.created_at),
});

export const historyView = (row: TicketHistoryRow & { code: string }): TicketHistoryView => ({
  ticket_id: row.code,
  version: row.version,
  field: row.field,
  from: row.from_value,
  to: row.to_value,
  by: actorView(row.actor),
  at: iso(row.created_at),
});
