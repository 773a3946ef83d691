import { allowedActions, type CallAction, type CallStatus } from './call-state';
import { durations, type Interval } from './call-intervals';
import type { Call, Direction } from './call.entity';
import { priorityOf, type Priority } from './queue/priority';

/** A call's row with the public codes of whom it refers to. */
export type CallRow = Call & {
  agent_code: string | null;
  agent_name: string | null;
  agent_user_id: string | null;
  customer_code: string | null;
  has_live_offer: boolean;
};

/** A call, as everybody is shown it. */
export class CallView {
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  /** @example "in_progress" */
  status: CallStatus;
  /** @example "inbound" */
  direction: Direction;
  /**
   * As it was sent.
   * @example "+966501234567"
   */
  phone_number: string;
  /**
   * The same in E.164; null when it is no phone number.
   * @example "+966501234567"
   */
  phone_e164: string | null;
  /** @example "Ahmed Mohamed" */
  customer_name: string | null;
  /** @example "ahmed@example.com" */
  customer_email: string | null;
  /** @example "CUST-001" */
  customer_id: string | null;
  /** @example "sales" */
  department: string | null;
  /** @example "medium" */
  priority: Priority;
  /** @example "AGT-001" */
  assigned_agent_id: string | null;
  /** @example "Sara Ali" */
  assigned_agent_name: string | null;
  /** @example "CA0123456789abcdef0123456789abcdef" */
  provider_call_sid: string | null;
  /** @example "7d1a2f4e-8a53-4a39-9a55-1f2b3c4d5e6f" */
  sales_process_id: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  started_at: string;
  /** @example "2026-11-08T12:00:10.000Z" */
  queued_at: string | null;
  /** @example "2026-11-08T12:00:22.000Z" */
  answered_at: string | null;
  /** @example "2026-11-08T12:04:00.000Z" */
  ended_at: string | null;
  /** @example 12 */
  queue_time_seconds: number;
  /** @example 4 */
  ring_time_seconds: number;
  /** @example 214 */
  talk_time_seconds: number;
  /** @example 0 */
  hold_time_seconds: number;
  /**
   * From start to end; of a call that goes on, until now.
   * @example 240
   */
  total_duration_seconds: number;
  /** @example "sale_made" */
  disposition: string | null;
  /** @example {"campaign": "spring"} */
  metadata: Record<string, unknown>;
  /**
   * What may be done with it as it stands.
   * @example ["hold", "transfer", "end"]
   */
  allowed_actions: CallAction[];
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Row → what the API shows. A call that goes on takes its times from its intervals; a finished one has them stored. */
export function callView(row: CallRow, intervals: readonly Interval[] = [], now = new Date()): CallView {
  const going = row.ended_at ? undefined : durations(intervals, now);
  return {
    call_id: row.code,
    status: row.status,
    direction: row.direction,
    phone_number: row.phone_number,
    phone_e164: row.phone_e164,
    customer_name: row.customer_name,
    customer_email: row.customer_email,
    customer_id: row.customer_code,
    department: row.department,
    priority: priorityOf(row.priority_rank),
    assigned_agent_id: row.agent_code,
    assigned_agent_name: row.agent_name,
    provider_call_sid: row.provider_call_sid,
    sales_process_id: row.sales_process_id,
    started_at: row.started_at.toISOString(),
    queued_at: iso(row.queued_at),
    answered_at: iso(row.answered_at),
    ended_at: iso(row.ended_at),
    queue_time_seconds: going?.queue ?? row.queue_time_seconds,
    ring_time_seconds: going?.ring ?? row.ring_time_seconds,
    talk_time_seconds: going?.talk ?? row.talk_time_seconds,
    hold_time_seconds: going?.hold ?? row.hold_time_seconds,
    total_duration_seconds: going?.total ?? row.total_duration_seconds,
    disposition: row.disposition,
    metadata: row.metadata,
    allowed_actions: allowedActions({
      status: row.status,
      hasLiveOffer: row.has_live_offer,
      isConsulting: row.consult_agent_id !== null,
      hasAgent: row.assigned_agent_id !== null,
    }),
  };
}
