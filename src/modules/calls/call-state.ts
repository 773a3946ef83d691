/** Statuses of a call that is going on. */
export const LIVE_STATUSES = [
  'initiated',
  'ivr_processing',
  'in_queue',
  'ringing',
  'in_progress',
  'on_hold',
  'transferred',
] as const;

/** Statuses of a call that is over; nothing leads out of them. */
export const FINAL_STATUSES = [
  'completed',
  'abandoned',
  'no_answer',
  'busy',
  'failed',
  'canceled',
  'voicemail',
] as const;

export type LiveStatus = (typeof LIVE_STATUSES)[number];
export type FinalStatus = (typeof FINAL_STATUSES)[number];
export type CallStatus = LiveStatus | FinalStatus;

/** Every status a call may have. */
export const CALL_STATUSES: readonly CallStatus[] = [...LIVE_STATUSES, ...FINAL_STATUSES];

/**
 * The life of a call: which status may follow which. Everything that moves a call asks `isLegal`; the database keeps
 * the same list of statuses (check `call_status_known`) and refuses a final call without an end (`call_final_has_end`).
 */
export const TRANSITIONS: Readonly<Record<CallStatus, readonly CallStatus[]>> = {
  initiated: ['ivr_processing', 'in_queue', 'ringing', 'in_progress', ...FINAL_STATUSES],
  ivr_processing: ['in_queue', 'ringing', 'in_progress', ...FINAL_STATUSES],
  // completed: the caller took a scheduled callback instead of waiting on
  in_queue: ['ringing', 'in_progress', ...FINAL_STATUSES],
  // back to in_queue: the agent did not take the offer, or never connected
  ringing: ['in_queue', 'in_progress', ...FINAL_STATUSES],
  in_progress: ['on_hold', 'transferred', 'in_queue', 'completed', 'failed'],
  on_hold: ['in_progress', 'transferred', 'in_queue', 'completed', 'failed'],
  // lasts until the target answers; in_queue when an agent who was asked for did not
  transferred: ['in_progress', 'in_queue', 'completed', 'abandoned', 'no_answer', 'failed', 'canceled', 'voicemail'],
  completed: [],
  abandoned: [],
  no_answer: [],
  busy: [],
  failed: [],
  canceled: [],
  voicemail: [],
};

/** Spellings that callers and providers use for the same thing. */
const SPELLINGS: Readonly<Record<string, CallStatus>> = {
  answered: 'in_progress',
  queued: 'in_queue',
  waiting: 'in_queue',
  ended: 'completed',
  cancelled: 'canceled',
};

/** The status meant by `text`, in any accepted spelling (`in-progress`, `answered`, `Cancelled`), or undefined. */
export function readStatus(text: string): CallStatus | undefined {
  const word = text.trim().toLowerCase().replaceAll('-', '_');
  if ((CALL_STATUSES as readonly string[]).includes(word)) return word as CallStatus;
  return Object.hasOwn(SPELLINGS, word) ? SPELLINGS[word] : undefined;
}

export const isFinal = (status: CallStatus): status is FinalStatus =>
  (FINAL_STATUSES as readonly string[]).includes(status);

/** Whether a call may go from `from` to `to`. */
export const isLegal = (from: CallStatus, to: CallStatus): boolean => TRANSITIONS[from].includes(to);

/** What may be asked for. `accept` and `reject` are said of an offer, by the agent it was made to. */
export type CallAction =
  | 'accept'
  | 'reject'
  | 'status'
  | 'route'
  | 'transfer'
  | 'consult'
  | 'complete_transfer'
  | 'cancel_transfer'
  | 'hold'
  | 'resume'
  | 'end'
  | 'schedule_callback'
  | 'disposition'
  | 'note';

/** The parts of a call by which its actions are decided. */
export interface CallSituation {
  status: CallStatus;
  hasLiveOffer: boolean;
  /** A warm transfer is under way. */
  isConsulting: boolean;
  hasAgent: boolean;
}

/** What may be done with a call as it stands, for buttons. A final call can still be noted upon and disposed of. */
export function allowedActions({ status, hasLiveOffer, isConsulting, hasAgent }: CallSituation): CallAction[] {
  if (isFinal(status)) return ['disposition', 'note'];
  const actions: CallAction[] = ['status'];
  if (hasLiveOffer) actions.push('accept', 'reject');
  if (isConsulting) return [...actions, 'complete_transfer', 'cancel_transfer', 'end', 'note'];
  actions.push('route');
  if (status === 'in_progress' || status === 'on_hold') {
    actions.push('transfer');
    if (hasAgent) actions.push('consult');
  } else actions.push('transfer');
  if (status === 'in_progress') actions.push('hold');
  if (status === 'on_hold') actions.push('resume');
  if (status === 'in_queue') actions.push('schedule_callback');
  return [...actions, 'end', 'disposition', 'note'];
}

/**
 * How a call ends when somebody says "end" without saying how: a conversation (or one with the menu) is completed; a
 * caller who was still waiting has given up; a number that had not answered yet is canceled.
 */
export function endStatus(status: LiveStatus, direction: 'inbound' | 'outbound', wasAnswered: boolean): FinalStatus {
  if (wasAnswered || status === 'in_progress' || status === 'on_hold') return 'completed';
  if (direction === 'outbound') return 'canceled';
  return status === 'initiated' || status === 'ivr_processing' ? 'completed' : 'abandoned';
}
