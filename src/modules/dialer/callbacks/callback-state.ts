import type { CallbackStatus } from './lead-callback.entity';

/** So long after its time a callback is due; then it is overdue. */
export const GRACE_MINUTES = 15;

/** What a callback is at a moment: scheduled until its time, then due, then overdue; or what closed it. */
export type CallbackState = 'scheduled' | 'due' | 'overdue' | 'completed' | 'canceled';

/** The state of a callback at `now`. The SQL of the list's filter says the same; a test compares the two. */
export function callbackState(callback: { status: CallbackStatus; due_at: Date }, now: Date): CallbackState {
  if (callback.status !== 'pending') return callback.status;
  const late = now.getTime() - callback.due_at.getTime();
  if (late < 0) return 'scheduled';
  return late < GRACE_MINUTES * 60_000 ? 'due' : 'overdue';
}

/** The condition for a state, on columns `status` and `due_at` of `alias`. */
export function stateSql(state: CallbackState | 'open', alias: string): string {
  const grace = `now() - interval '${GRACE_MINUTES} minutes'`;
  switch (state) {
    case 'open':
      return `${alias}.status = 'pending'`;
    case 'scheduled':
      return `${alias}.status = 'pending' and ${alias}.due_at > now()`;
    case 'due':
      return `${alias}.status = 'pending' and ${alias}.due_at <= now() and ${alias}.due_at > ${grace}`;
    case 'overdue':
      return `${alias}.status = 'pending' and ${alias}.due_at <= ${grace}`;
    default:
      return `${alias}.status = '${state}'`;
  }
}
