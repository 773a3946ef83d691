import type { Page } from '../../platform/http/page';
import type { TicketCommentRow, TicketHistoryRow } from './ticket-parts.entity';
import {
  commentView,
  historyView,
  TicketCommentView,
  TicketHistoryView,
  TicketView,
  ticketView,
  type TicketWithSla,
} from './ticket.view';

const now = (): string => new Date().toISOString();

/** One ticket. */
export class TicketReply {
  /** @example true */
  success: boolean;
  /** @example "TKT-20241108-0001" */
  ticket_id: string;
  ticket: TicketView;
  /** @example "2024-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** A page of tickets, newest first. */
export class TicketsReply {
  /** @example true */
  success: boolean;
  tickets: TicketView[];
  /**
   * How many are on this page.
   * @example 1
   */
  count: number;
  /**
   * Send it as `cursor` for the next page; null at the end.
   * @example null
   */
  next_cursor: string | null;
  /** @example "2024-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** The comment that was written. */
export class TicketCommentReply {
  /** @example true */
  success: boolean;
  /** @example "TKT-20241108-0001" */
  ticket_id: string;
  comment: TicketCommentView;
  /** @example "2024-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** A page of what was said about a ticket, oldest first. */
export class TicketCommentsReply {
  /** @example true */
  success: boolean;
  /** @example "TKT-20241108-0001" */
  ticket_id: string;
  comments: TicketCommentView[];
  /**
   * How many are on this page.
   * @example 1
   */
  count: number;
  /**
   * Send it as `cursor` for the next page; null at the end.
   * @example null
   */
  next_cursor: string | null;
  /** @example "2024-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** A page of what was changed, newest first. */
export class TicketHistoryReply {
  /** @example true */
  success: boolean;
  /** @example "TKT-20241108-0001" */
  ticket_id: string;
  history: TicketHistoryView[];
  /**
   * How many are on this page.
   * @example 1
   */
  count: number;
  /**
   * Send it as `cursor` for the next page; null at the end.
   * @example null
   */
  next_cursor: string | null;
  /** @example "2024-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** The ticket that stays after a merge. */
export class TicketMergeReply {
  /** @example true */
  success: boolean;
  /**
   * The ticket that was merged.
   * @example "TKT-20241108-0002"
   */
  ticket_id: string;
  /**
   * The ticket that stays.
   * @example "TKT-20241108-0001"
   */
  merged_into: string;
  ticket: TicketView;
  /** @example "2024-11-08T12:00:00.000Z" */
  timestamp: string;
}

export const ticketReply = (row: TicketWithSla): TicketReply => ({
  success: true,
  ticket_id: row.code,
  ticket: ticketView(row),
  timestamp: now(),
});

export const ticketsReply = (page: Page<TicketWithSla>): TicketsReply => ({
  success: true,
  tickets: page.rows.map(ticketView),
  count: page.rows.length,
  next_cursor: page.nextCursor,
  timestamp: now(),
});

type OfTicket<Row> = Row & { code: string };

export const commentReply = (code: string, row: OfTicket<TicketCommentRow>): TicketCommentReply => ({
  success: true,
  ticket_id: code,
  comment: commentView(row),
  timestamp: now(),
});

export const commentsReply = (code: string, page: Page<OfTicket<TicketCommentRow>>): TicketCommentsReply => ({
  success: true,
  ticket_id: code,
  comments: page.rows.map(commentView),
  count: page.rows.length,
  next_cursor: page.nextCursor,
  timestamp: now(),
});

export const historyReply = (code: string, page: Page<OfTicket<TicketHistoryRow>>): TicketHistoryReply => ({
  success: true,
  ticket_id: code,
  history: page.rows.map(historyView),
  count: page.rows.length,
  next_cursor: page.nextCursor,
  timestamp: now(),
});

export const mergeReply = (merged: string, into: TicketWithSla): TicketMergeReply => ({
  success: true,
  ticket_id: merged,
  merged_into: into.code,
  ticket: ticketView(into),
  timestamp: now(),
});
