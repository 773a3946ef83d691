import type { FieldChange } from './tickets.repository';
import type { TicketRow } from './ticket.entity';
import type { EditTicketInput } from './tickets.dto';
import { IllegalTicketTransition } from './tickets.errors';
import { isFinal, TICKET_TRANSITIONS, type TicketStatus } from './ticket-status';

/** An agent that a ticket can be given to. */
export interface Assignee {
  id: string;
  code: string;
}

/** What an edit comes to: the columns to write, and the fields that changed. Empty when nothing does. */
export interface Edit {
  patch: Partial<TicketRow>;
  changes: FieldChange[];
}

const PLAIN = ['priority', 'department', 'subject', 'description', 'customer_name', 'customer_email'] as const;

/**
 * Decides an edit. `assignee`: undefined leaves him, null takes the ticket away from whoever has it.
 * Throws IllegalTicketTransition when the status cannot be reached from the present one.
 */
export function decideEdit(
  ticket: TicketRow,
  input: EditTicketInput,
  assignee: Assignee | null | undefined,
  now: Date,
): Edit {
  const patch: Partial<TicketRow> = {};
  const changes: FieldChange[] = [];
  const status = wantedStatus(ticket, input.status, assignee);
  if (status !== ticket.status) {
    Object.assign(patch, statusPatch(ticket, status, now));
    changes.push({ field: 'status', from: ticket.status, to: status });
  }
  for (const field of PLAIN) {
    const value = input[field] ?? undefined;
    if (value === undefined || value === ticket[field]) continue;
    Object.assign(patch, { [field]: value });
    changes.push({ field, from: ticket[field], to: value });
  }
  if (assignee !== undefined && (assignee?.id ?? null) !== ticket.assigned_agent_id) {
    Object.assign(patch, { assigned_agent_id: assignee?.id ?? null, assigned_agent_code: assignee?.code ?? null });
    changes.push({ field: 'assigned_to', from: ticket.assigned_agent_code, to: assignee?.code ?? null });
  }
  if (input.tags && !sameTags(ticket.tags, input.tags)) {
    patch.tags = input.tags;
    changes.push({ field: 'tags', from: ticket.tags, to: input.tags });
  }
  if (input.notes !== undefined && input.notes !== null) {
    patch.notes = input.notes;
    changes.push({ field: 'notes', from: ticket.notes, to: input.notes });
  }
  if (changes.length > 0) Object.assign(patch, { version: ticket.version + 1, updated_at: now });
  return { patch, changes };
}

/** The status asked for; an open ticket that is given to somebody is in progress unless the caller says otherwise. */
function wantedStatus(
  ticket: TicketRow,
  asked: TicketStatus | undefined,
  assignee: Assignee | null | undefined,
): TicketStatus {
  if (asked) return asked;
  return assignee && ticket.status === 'open' ? 'in_progress' : ticket.status;
}

/** The columns a change of status writes. Opening a ticket again forgets when it had ended. */
export function statusPatch(ticket: TicketRow, to: TicketStatus, now: Date): Partial<TicketRow> {
  if (!TICKET_TRANSITIONS[ticket.status].includes(to)) throw new IllegalTicketTransition(ticket.status, to);
  if (!isFinal(to)) return { status: to, resolved_at: null, closed_at: null };
  return to === 'resolved' ? { status: to, resolved_at: now } : { status: to, closed_at: now };
}

const sameTags = (a: string[], b: string[]): boolean => a.length === b.length && a.every((tag) => b.includes(tag));
