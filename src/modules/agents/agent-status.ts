/** What a person sets, and what the system sets for him while he has to do with a call. */
export const HAND_STATUSES = ['available', 'busy', 'on_break', 'offline'] as const;
export const SYSTEM_STATUSES = ['offered', 'on_call', 'wrap_up'] as const;
export const AGENT_STATUSES = [...HAND_STATUSES, ...SYSTEM_STATUSES] as const;

export type HandStatus = (typeof HAND_STATUSES)[number];
export type SystemStatus = (typeof SYSTEM_STATUSES)[number];
export type AgentStatus = HandStatus | SystemStatus;
/** What may be asked for during a call, to be taken after it. */
export type PendingStatus = Exclude<HandStatus, 'available'>;

/** What a request of a person does: `now` changes the status, `after` is kept for after the call, `undo` drops that. */
type ByHand = 'now' | 'after' | 'undo';

/** By hand: from the present status (row) to the wanted one. Work in hand is never cut off by a wish for a break. */
export const BY_HAND: Record<AgentStatus, Record<HandStatus, ByHand>> = {
  available: { available: 'now', busy: 'now', on_break: 'now', offline: 'now' },
  busy: { available: 'now', busy: 'now', on_break: 'now', offline: 'now' },
  on_break: { available: 'now', busy: 'now', on_break: 'now', offline: 'now' },
  offline: { available: 'now', busy: 'now', on_break: 'now', offline: 'now' },
  offered: { available: 'undo', busy: 'after', on_break: 'after', offline: 'after' },
  on_call: { available: 'undo', busy: 'after', on_break: 'after', offline: 'after' },
  // who is done with his notes says so
  wrap_up: { available: 'now', busy: 'after', on_break: 'after', offline: 'after' },
};

/** By the system: what may follow a status. */
export const BY_SYSTEM: Record<AgentStatus, readonly AgentStatus[]> = {
  available: ['offered', 'on_call', 'busy', 'on_break', 'offline'],
  // a busy agent or one on a break may dial himself, or take a call that is handed to him in person
  busy: ['offered', 'on_call', 'available', 'on_break', 'offline'],
  on_break: ['offered', 'on_call', 'available', 'busy', 'offline'],
  offline: ['on_call', 'available', 'busy', 'on_break'],
  offered: ['on_call', 'available', 'busy', 'on_break', 'offline'],
  // `offered` for those who may carry several calls
  on_call: ['wrap_up', 'offered', 'available', 'busy', 'on_break', 'offline'],
  wrap_up: ['available', 'offered', 'on_call', 'busy', 'on_break', 'offline'],
};

const SPELLINGS: Readonly<Record<string, AgentStatus>> = {
  away: 'on_break',
  break: 'on_break',
};

/** The status that a caller's word means (`away` and `break` are breaks, `-` is `_`); undefined for none. */
export function readAgentStatus(word: string): AgentStatus | undefined {
  const plain = word.trim().toLowerCase().replace(/-/g, '_');
  return (
    AGENT_STATUSES.find((status) => status === plain) ??
    (Object.hasOwn(SPELLINGS, plain) ? SPELLINGS[plain] : undefined)
  );
}

export const isHandStatus = (status: AgentStatus): status is HandStatus =>
  (HAND_STATUSES as readonly AgentStatus[]).includes(status);

export const isPendingStatus = (status: AgentStatus): status is PendingStatus =>
  isHandStatus(status) && status !== 'available';

/** What `change` to `to` comes to: a wish kept for after the call takes the place of `available`. */
export const settled = (to: AgentStatus, pending: PendingStatus | null): AgentStatus =>
  to === 'available' && pending ? pending : to;
