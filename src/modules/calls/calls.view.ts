import type { ActorSnapshot } from '../../platform/access/actor';
import type { CallStatus } from './call-state';
import { CallView } from './call.view';

/** One call. */
export class CallReply {
  /** @example true */
  success: true;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  /** @example "in_progress" */
  status: CallStatus;
  /** @example "sales" */
  department: string | null;
  call: CallView;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

export const callReply = (call: CallView): CallReply => ({
  success: true,
  call_id: call.call_id,
  status: call.status,
  department: call.department,
  call,
  timestamp: new Date().toISOString(),
});

/** A call that has just ended. */
export class EndedCallReply extends CallReply {
  /**
   * The whole length in seconds.
   * @example 240
   */
  duration: number;
}

/** A page of calls. */
export class CallsReply {
  /** @example true */
  success: true;
  calls: CallView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** The agent who is being connected. */
export class ConnectingAgent {
  /** @example "AGT-001" */
  id: string;
  /** @example "AGT-001" */
  employee_id: string;
  /** @example "Sara Ali" */
  name: string;
}

/** A call that is being dialled, or waits for an agent. */
export class StartedCallReply {
  /** @example true */
  success: true;
  /** @example "Call initiated successfully" */
  message: string;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  /** @example "connecting" */
  status: 'connecting' | 'queued';
  agent?: ConnectingAgent;
  call: CallView;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** One line of a call's history. */
export class CallHistoryLine {
  /** @example "2026-11-08T12:00:00.000Z" */
  at: string;
  /**
   * What happened: created, queued, offered, returned, accepted, connected, held, resumed, transferred, note, ended …
   * @example "offered"
   */
  kind: string;
  /** @example "in_queue" */
  from_status: CallStatus | null;
  /** @example "ringing" */
  to_status: CallStatus | null;
  /**
   * Who did it.
   * @example {"kind": "system", "id": "distribution"}
   */
  actor: ActorSnapshot;
  /**
   * Why.
   * @example "idle_longest"
   */
  cause: string;
  /**
   * More about it; of an offer, to whom and by what rule.
   * @example {"why": {"rule": "idle_longest", "idle_seconds": 42, "candidates": 3}}
   */
  data: Record<string, unknown>;
}

/** What an interval of a call was. */
export class CallIntervalView {
  /** @example "talk" */
  kind: string;
  /** @example "AGT-001" */
  agent_id: string | null;
  /** @example "2026-11-08T12:00:22.000Z" */
  started_at: string;
  /** @example "2026-11-08T12:04:00.000Z" */
  ended_at: string | null;
}

/** A call's history, oldest first. */
export class CallHistoryReply {
  /** @example true */
  success: true;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  events: CallHistoryLine[];
  /** The stretches of time of which the call's durations are the sums. */
  intervals: CallIntervalView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** A call in a queue. */
export class QueuedCall {
  /** @example "CALL-A1B2C3D4" */
  id: string;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  /** @example "+966501234567" */
  phone_number: string;
  /** @example "John Doe" */
  customer_name: string | null;
  /** @example "sales" */
  department: string;
  /** @example "medium" */
  priority: string;
  /** @example "in_queue" */
  status: CallStatus;
  /**
   * Its place in its department: one more than the calls that were before it when it came and still are. It never gets
   * worse; whoever comes later does not count, however urgent.
   * @example 1
   */
  position: number;
  /**
   * Seconds it has waited, from the first time it was queued.
   * @example 42
   */
  wait_time: number;
  /** @example 0.7 */
  wait_time_minutes: number;
  /**
   * Seconds it will probably wait yet: position × average handle time of the department (of its last 200 calls within
   * the hour; 180 s without any) ÷ its agents at work. null when nobody works.
   * @example 60
   */
  estimated_wait: number | null;
  /** @example 1 */
  estimated_wait_minutes: number | null;
  /** @example "2026-11-08T12:00:10.000Z" */
  queued_at: string;
  /** @example "2026-11-08T12:00:00.000Z" */
  created_at: string;
}

/** What waits. `queue` and `calls` are the same list, under the names of both of its readers. */
export class QueueReply {
  /** @example true */
  success: true;
  queue: QueuedCall[];
  calls: QueuedCall[];
  /** @example 1 */
  count: number;
  /**
   * How many calls wait, on this page or not.
   * @example 1
   */
  queue_length: number;
  /** @example 3 */
  available_agents: number;
  /**
   * Mean seconds the waiting calls have waited.
   * @example 42
   */
  average_wait_time: number;
  /** @example 0.7 */
  average_wait_time_minutes: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** The subscriber of a session. */
export class SessionUser {
  /** @example "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b" */
  id: string;
  /** @example "Jane Doe" */
  name: string;
  /** @example "jane@example.com" */
  email: string;
}

/** A call, as the dashboards list it. */
export class CallSession {
  /** @example "CALL-A1B2C3D4" */
  id: string;
  /** @example "inbound" */
  call_type: string;
  /** @example "+966501234567" */
  phone_number: string;
  /** @example "completed" */
  status: CallStatus;
  /** @example "2026-11-08T12:00:00.000Z" */
  started_at: string;
  /** @example "2026-11-08T12:04:00.000Z" */
  ended_at: string | null;
  /**
   * MM:SS
   * @example "04:00"
   */
  duration: string;
  /** @example 240 */
  duration_seconds: number;
  /** @example null */
  recording_url: string | null;
  user: SessionUser | null;
  agent: ConnectingAgent | null;
  /**
   * The first 200 characters of what was said.
   * @example "customer: Hello"
   */
  ai_transcript: string | null;
  /**
   * Nobody asks for it yet.
   * @example null
   */
  customer_satisfaction: number | null;
}

/** A page of sessions, newest first. */
export class SessionsReply {
  /** @example true */
  success: true;
  calls: CallSession[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** A call that is offered to you. */
export class OfferedCall {
  /** @example "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b" */
  offer_id: string;
  /** @example "queue" */
  purpose: string;
  /** @example "2026-11-08T12:00:30.000Z" */
  expires_at: string;
  call: CallView;
}

/** What is offered to you. */
export class OffersReply {
  /** @example true */
  success: true;
  offers: OfferedCall[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** When your wrap-up ends now. */
export class WrapUpReply {
  /** @example true */
  success: true;
  /** @example "2026-11-08T12:05:00.000Z" */
  wrap_up_until: string;
  /** @example "2026-11-08T12:04:20.000Z" */
  timestamp: string;
}

/** Something an agent does with one click. */
export class QuickAction {
  /** @example "outbound_call" */
  id: string;
  /** @example "Start a call" */
  name: string;
  /** @example "call" */
  action_type: 'call' | 'sms' | 'email' | 'note' | 'schedule' | 'transfer';
  /** @example "phone-outgoing" */
  icon: string;
  /** @example "primary" */
  color: string;
  /**
   * What carries it out.
   * @example {"method": "POST", "path": "/api/calls/start-call"}
   */
  action_data: Record<string, unknown>;
}

/** What an agent does with one click. */
export class QuickActionsReply {
  /** @example true */
  success: true;
  actions: QuickAction[];
  /** @example 5 */
  count: number;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}
