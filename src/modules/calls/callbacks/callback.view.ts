import type { CallCallback } from './callback.entity';

/** A promise to ring back. */
export class CallbackView {
  /** @example "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b" */
  callback_id: string;
  /**
   * The call it was promised in.
   * @example "CALL-A1B2C3D4"
   */
  call_id: string | null;
  /** @example "+966501234567" */
  phone_number: string;
  /** @example "John Doe" */
  customer_name: string | null;
  /** @example "sales" */
  department: string;
  /** @example "2026-11-08T15:30:00.000Z" */
  due_at: string;
  /**
   * `queued` once it has become a call.
   * @example "scheduled"
   */
  state: 'scheduled' | 'queued' | 'canceled';
  /**
   * The call it became.
   * @example null
   */
  new_call_id: string | null;
  /** @example "After the school run" */
  note: string | null;
}

export type CallbackRow = CallCallback & { code: string | null; new_code: string | null };

export const callbackView = (row: CallbackRow): CallbackView => ({
  callback_id: row.id,
  call_id: row.code,
  phone_number: row.phone_number,
  customer_name: row.customer_name,
  department: row.department,
  due_at: row.due_at.toISOString(),
  state: row.state,
  new_call_id: row.new_code,
  note: row.note,
});

/** A promise. */
export class CallbackReply {
  /** @example true */
  success: true;
  callback: CallbackView;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** Promises, the first due first. */
export class CallbacksReply {
  /** @example true */
  success: true;
  callbacks: CallbackView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}
