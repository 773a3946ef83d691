import type { CustomerRow } from './customer.entity';

/** A customer as the API and the events show him. */
export class CustomerView {
  /**
   * The customer's number.
   * @example "CUST-001"
   */
  customer_id: string;

  /**
   * The key of the record.
   * @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  id: string;

  /** @example "Ahmed Mohamed" */
  name: string | null;

  /**
   * The telephone number as it was sent.
   * @example "050 123 4567"
   */
  phone: string | null;

  /**
   * The telephone number in E.164; null when what was sent is no telephone number.
   * @example "+966501234567"
   */
  phone_e164: string | null;

  /** @example "ahmed@example.com" */
  email: string | null;

  /** @example "Example Trading" */
  company: string | null;

  /** @example "Prefers to be called in the morning" */
  notes: string | null;

  /** @example ["vip"] */
  tags: string[];

  /**
   * What first told of this person.
   * @example "dialer"
   */
  source: string | null;

  /**
   * True once the person's data has been removed.
   * @example false
   */
  anonymised: boolean;

  /** @example "2025-01-15T10:30:00.000Z" */
  created_at: string;

  /** @example "2025-01-15T10:30:00.000Z" */
  updated_at: string;
}

/** One customer. */
export class CustomerReply {
  /** @example true */
  success: true;

  customer: CustomerView;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** A page of customers, newest first. */
export class CustomersReply {
  /** @example true */
  success: true;

  customers: CustomerView[];

  /**
   * How many are on this page.
   * @example 1
   */
  count: number;

  /** Where the next page begins; null at the end. */
  next_cursor: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** What of a customer row leaves the house. */
export const customerView = (row: CustomerRow): CustomerView => ({
  customer_id: row.code,
  id: row.id,
  name: row.name,
  phone: row.phone,
  phone_e164: row.phone_e164,
  email: row.email,
  company: row.company,
  notes: row.notes,
  tags: row.tags,
  source: row.source,
  anonymised: row.anonymised_at !== null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
