import { DateTime } from 'luxon';
import { Invalid } from '../../platform/errors';
import type { TicketPriority, TicketStatus } from './ticket-status';

/** Which tickets, as the database is asked: codes and texts have become keys and moments. */
export interface TicketFilter {
  statuses?: readonly TicketStatus[];
  priorities?: readonly TicketPriority[];
  department?: string;
  /** null: nobody works on it. */
  agentId?: string | null;
  customerId?: string;
  phone?: string;
  ownerId?: string;
  tags?: readonly string[];
  search?: string;
  from?: Date;
  /** Exclusive. */
  before?: Date;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The moment a caller named: a date in the business's zone, or a time. `end` of a date is the midnight after it.
 * Throws Invalid naming `field`.
 */
export function momentOf(field: string, text: string, zone: string, end = false): Date {
  // a `+` of an offset arrives as a blank when a query string was not encoded
  const moment = DateTime.fromISO(text.replace(/ (\d{2}:?\d{2})$/, '+$1'), { zone });
  if (!moment.isValid || moment.year < 1970 || moment.year > 9998) {
    throw new Invalid(`${field} must be a date or a time in ISO 8601`, {
      [field]: 'must be a date or a time in ISO 8601',
    });
  }
  return (DATE.test(text) && end ? moment.plus({ days: 1 }) : moment).toJSDate();
}
