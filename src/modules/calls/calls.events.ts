import { defineEvent, type JsonSchema } from '../../platform/events/define-event';
import type { SuggestionView } from './assistance/assistance.view';
import type { CallStatus } from './call-state';
import type { CallView } from './call.view';
import type { Speaker } from './transcripts/transcript.entity';

const text: JsonSchema = { type: 'string' };
const textOrNull: JsonSchema = { type: ['string', 'null'] };
const whole: JsonSchema = { type: 'integer' };

function schema(properties: Record<string, JsonSchema>, required: string[]): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: true };
}

const callExample: CallView = {
  call_id: 'CALL-A1B2C3D4',
  status: 'initiated',
  direction: 'inbound',
  phone_number: '+966501234567',
  phone_e164: '+966501234567',
  customer_name: 'Ahmed Mohamed',
  customer_email: null,
  customer_id: 'CUST-001',
  department: 'sales',
  priority: 'medium',
  assigned_agent_id: null,
  assigned_agent_name: null,
  provider_call_sid: null,
  sales_process_id: null,
  started_at: '2026-11-08T12:00:00.000Z',
  queued_at: null,
  answered_at: null,
  ended_at: null,
  queue_time_seconds: 0,
  ring_time_seconds: 0,
  talk_time_seconds: 0,
  hold_time_seconds: 0,
  total_duration_seconds: 0,
  disposition: null,
  metadata: {},
  allowed_actions: ['status', 'route', 'transfer', 'end', 'disposition', 'note'],
};

/** A call has begun. */
export const callStarted = defineEvent<CallView>({
  name: 'call.started',
  live: 'call:new',
  description: 'A call has begun or has been recorded; the data is the call.',
  schema: schema({ call_id: text, status: text, direction: text, phone_number: text }, [
    'call_id',
    'status',
    'direction',
    'phone_number',
  ]),
  example: callExample,
});

/** What a changed call tells: its id, its status, and the fields that changed. */
export type CallUpdate = { call_id: string; status: CallStatus; previous_status: CallStatus } & Partial<CallView> &
  Record<string, unknown>;

export const callUpdated = defineEvent<CallUpdate>({
  name: 'call.updated',
  live: 'call:updated',
  description: 'A call has changed: its id, its status, and the fields that changed.',
  schema: schema({ call_id: text, status: text, previous_status: text }, ['call_id', 'status']),
  example: {
    call_id: 'CALL-A1B2C3D4',
    status: 'in_progress',
    previous_status: 'ringing',
    assigned_agent_id: 'AGT-001',
  },
});

export const callRouted = defineEvent<{ call_id: string; department: string; previous_department: string | null }>({
  name: 'call.routed',
  live: 'call:routed',
  description: 'A call has been sent to a department.',
  schema: schema({ call_id: text, department: text, previous_department: textOrNull }, ['call_id', 'department']),
  example: { call_id: 'CALL-A1B2C3D4', department: 'sales', previous_department: 'reception' },
});

export const callTransferred = defineEvent<{
  call_id: string;
  to_department: string | null;
  to_agent: string | null;
  from_agent: string | null;
  kind: 'cold' | 'warm';
}>({
  name: 'call.transferred',
  live: 'call:transferred',
  description: 'A call has been handed on to a department or to an agent.',
  schema: schema(
    { call_id: text, to_department: textOrNull, to_agent: textOrNull, from_agent: textOrNull, kind: text },
    ['call_id', 'to_department', 'to_agent'],
  ),
  example: {
    call_id: 'CALL-A1B2C3D4',
    to_department: 'complaints',
    to_agent: 'AGT-003',
    from_agent: 'AGT-001',
    kind: 'cold',
  },
});

/** The end of a call: how long it took, and as what. */
export interface CallEnd {
  call_id: string;
  duration: number;
  status: CallStatus;
  direction: string;
  phone_number: string;
  customer_id: string | null;
  department: string | null;
  assigned_agent_id: string | null;
  queue_time_seconds: number;
  talk_time_seconds: number;
  hold_time_seconds: number;
  disposition: string | null;
  sales_process_id: string | null;
  started_at: string;
  ended_at: string;
}

export const callEnded = defineEvent<CallEnd>({
  name: 'call.ended',
  live: 'call:ended',
  description: 'A call is over; `duration` is its whole length in seconds.',
  schema: schema({ call_id: text, duration: whole, status: text, ended_at: text }, ['call_id', 'duration', 'status']),
  example: {
    call_id: 'CALL-A1B2C3D4',
    duration: 240,
    status: 'completed',
    direction: 'inbound',
    phone_number: '+966501234567',
    customer_id: 'CUST-001',
    department: 'sales',
    assigned_agent_id: 'AGT-001',
    queue_time_seconds: 12,
    talk_time_seconds: 214,
    hold_time_seconds: 10,
    disposition: null,
    sales_process_id: null,
    started_at: '2026-11-08T12:00:00.000Z',
    ended_at: '2026-11-08T12:04:00.000Z',
  },
});

export const transcriptAvailable = defineEvent<{ call_id: string; messages: number; link: string }>({
  name: 'call.transcript.available',
  live: 'call:transcript_available',
  description: 'A call that was written down is over; its transcript is complete and can be read at the link.',
  schema: schema({ call_id: text, messages: whole, link: text }, ['call_id', 'link']),
  example: {
    call_id: 'CALL-A1B2C3D4',
    messages: 12,
    link: 'https://calls.example.com/api/transcripts/CALL-A1B2C3D4',
  },
});

export const transcriptMessage = defineEvent<{
  call_id: string;
  sequence: number;
  speaker: Speaker;
  content: string;
  language: string | null;
  timestamp: string;
}>({
  name: 'transcript.message',
  live: 'message:new',
  description: 'Something was said in a call.',
  schema: schema({ call_id: text, speaker: text, content: text, language: textOrNull }, [
    'call_id',
    'speaker',
    'content',
  ]),
  example: {
    call_id: 'CALL-A1B2C3D4',
    sequence: 1,
    speaker: 'customer',
    content: 'Hello',
    language: 'en',
    timestamp: '2026-11-08T12:00:05.000Z',
  },
  webhook: false,
});

export const callSuggestion = defineEvent<
  { call_id: string; message_sequence: number; meets_threshold: boolean } & SuggestionView
>({
  name: 'call.suggestion',
  live: 'call:suggestion',
  description:
    'A suggestion for the agent in a call, about the newest words of the customer; told to that agent alone. ' +
    '`meets_threshold` says whether its confidence reaches the one set in his profile.',
  schema: schema({ call_id: text, message_sequence: whole, meets_threshold: { type: 'boolean' }, suggestion: text }, [
    'call_id',
    'suggestion_id',
    'suggestion',
  ]),
  example: {
    call_id: 'CALL-A1B2C3D4',
    message_sequence: 3,
    meets_threshold: true,
    suggestion_id: '0190c7f2-6d4a-7c31-9a11-2f4e6a8b0c1d',
    suggestion: 'Ask for the order number and the date of the return.',
    confidence: 0.88,
    recommended_actions: ['Look up the return'],
    intent: 'refund',
    sentiment: 'neutral',
    urgency: 'medium',
    sources: [],
    provider: 'local',
  },
  webhook: false,
});
