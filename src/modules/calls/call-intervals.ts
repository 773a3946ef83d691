import { isFinal, type CallStatus } from './call-state';

/** What a stretch of a call's time was. `wrap_up` is the agent's work after the call and not part of its length. */
export const INTERVAL_KINDS = ['setup', 'queue', 'ring', 'talk', 'hold', 'wrap_up'] as const;
export type IntervalKind = (typeof INTERVAL_KINDS)[number];

/** A stretch of time of one kind; `end` is null while it lasts. */
export interface Interval {
  kind: IntervalKind;
  start: Date;
  end: Date | null;
  agentId: string | null;
}

/** What lasts while a call has this status; undefined once it is over. A transferred call waits or rings. */
export function intervalKind(status: CallStatus, isOffered: boolean): Exclude<IntervalKind, 'wrap_up'> | undefined {
  if (isFinal(status)) return undefined;
  switch (status) {
    case 'initiated':
    case 'ivr_processing':
      return 'setup';
    case 'in_queue':
      return 'queue';
    case 'ringing':
      return 'ring';
    case 'in_progress':
      return 'talk';
    case 'on_hold':
      return 'hold';
    case 'transferred':
      return isOffered ? 'ring' : 'queue';
  }
}

/** Seconds of each kind, in whole seconds. `total` is exactly the sum of the others without `wrapUp`. */
export interface Durations {
  setup: number;
  queue: number;
  ring: number;
  talk: number;
  hold: number;
  wrapUp: number;
  total: number;
}

/** Ends the open interval (never before it began) and begins one of `kind`; undefined only ends. */
export function step(
  intervals: readonly Interval[],
  kind: IntervalKind | undefined,
  at: Date,
  agentId: string | null,
): Interval[] {
  const open = intervals.at(-1);
  const moment = open && open.start > at ? open.start : at;
  if (open && open.end === null && open.kind === kind && open.agentId === agentId) return [...intervals];
  const closed = intervals.map((interval) => (interval.end === null ? { ...interval, end: moment } : interval));
  return kind ? [...closed, { kind, start: moment, end: null, agentId }] : closed;
}

/**
 * The same intervals, as they would be had the change to `kind` at `at` been known in time: the part of the interval in
 * which `at` lies that comes after it becomes `kind`. For facts that a provider tells late.
 */
export function splitLate(intervals: readonly Interval[], kind: IntervalKind, at: Date): Interval[] {
  const result: Interval[] = [];
  for (const interval of intervals) {
    const inside = interval.start <= at && (interval.end === null || at < interval.end);
    if (!inside || interval.kind === kind) result.push(interval);
    else {
      if (interval.start < at) result.push({ ...interval, end: at });
      result.push({ ...interval, kind, start: at });
    }
  }
  return result;
}

/**
 * Whole seconds per kind. Each boundary is cut to a whole second from the call's start and a kind's length is the sum of
 * differences of such boundaries, so the parts add up to the total whatever the fractions are.
 */
export function durations(intervals: readonly Interval[], now: Date): Durations {
  const sums: Durations = { setup: 0, queue: 0, ring: 0, talk: 0, hold: 0, wrapUp: 0, total: 0 };
  const first = intervals.find((interval) => interval.kind !== 'wrap_up');
  if (!first) return sums;
  const seconds = (at: Date): number => Math.max(0, Math.floor((at.getTime() - first.start.getTime()) / 1000));
  for (const { kind, start, end } of intervals) {
    const length = Math.max(0, seconds(end ?? now) - seconds(start));
    if (kind === 'wrap_up') sums.wrapUp += length;
    else {
      sums[kind] += length;
      sums.total += length;
    }
  }
  return sums;
}

/** `MM:SS`, with more than two digits of minutes where there are more. */
export const clockText = (seconds: number): string =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
