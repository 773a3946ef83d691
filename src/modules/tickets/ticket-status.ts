/** What a ticket can be. */
export const TICKET_STATUSES = ['open', 'in_progress', 'pending', 'resolved', 'closed'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** From the least to the most pressing. */
export const TICKET_PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const;
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

/**
 * The life of a ticket: from each status, where it may go. `pending` waits for the customer; what is closed can only be
 * opened again.
 */
export const TICKET_TRANSITIONS: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  open: ['in_progress', 'pending', 'resolved', 'closed'],
  in_progress: ['open', 'pending', 'resolved', 'closed'],
  pending: ['open', 'in_progress', 'resolved', 'closed'],
  resolved: ['open', 'in_progress', 'closed'],
  closed: ['open'],
};

/** Whether work on it has ended. */
export const isFinal = (status: TicketStatus): boolean => status === 'resolved' || status === 'closed';

/** `In-Progress` as `in_progress`: the spellings clients use. */
export const spelledStatus = (text: string): string => text.trim().toLowerCase().replace(/[-\s]/g, '_');
