import { callbackState, type CallbackState } from './callback-state';
import type { LeadCallbackRow } from './lead-callback.entity';

/** A callback with the names of what it refers to. */
export type CallbackRecord = LeadCallbackRow & {
  lead_number: number;
  lead_name: string | null;
  lead_phone: string | null;
  agent_code: string | null;
  agent_name: string | null;
};

/** A promise to call a lead again. */
export class CallbackView {
  /** @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f" */
  callback_id: string;

  /** @example 123 */
  lead_id: number;

  /** @example "John A Smith" */
  full_name: string | null;

  /** @example "+447700900123" */
  phone: string | null;

  /**
   * Who calls; null: whoever is free.
   * @example "AGT-001"
   */
  agent_id: string | null;

  /** @example "Caleb Galloway" */
  agent_name: string | null;

  /** @example "2025-07-12T13:30:00.000Z" */
  due_at: string;

  /**
   * `scheduled` until its time, then `due`, a quarter of an hour later `overdue`; or `completed`, `canceled`.
   * @example "due"
   */
  state: CallbackState;

  /** @example "Ask for Mary" */
  note: string | null;

  /**
   * `dialer` where a disposition asked for it.
   * @example "person"
   */
  source: 'person' | 'dialer';

  /** @example null */
  closed_at: string | null;

  /** @example "2025-07-11T10:12:00.000Z" */
  created_at: string;

  /** @example "2025-07-11T10:12:00.000Z" */
  updated_at: string;
}

/** One callback. */
export class CallbackReply {
  /** @example true */
  success: true;

  callback: CallbackView;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** A page of callbacks, the earliest first. */
export class CallbacksReply {
  /** @example true */
  success: true;

  callbacks: CallbackView[];

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

/** What of a callback leaves the house. */
export const callbackView = (row: CallbackRecord, now = new Date()): CallbackView => ({
  callback_id: row.id,
  lead_id: row.lead_number,
  full_name: row.lead_name,
  phone: row.lead_phone,
  agent_id: row.agent_code,
  agent_name: row.agent_name,
  due_at: row.due_at.toISOString(),
  state: callbackState(row, now),
  note: row.note,
  source: row.source,
  closed_at: row.closed_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
