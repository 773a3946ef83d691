import fc from '../../../test/support/properties';
import {
  clockText,
  durations,
  type Interval,
  type IntervalKind,
  intervalKind,
  splitLate,
  step,
} from './call-intervals';
import { CALL_STATUSES, type CallStatus, isFinal, TRANSITIONS } from './call-state';

const T0 = Date.UTC(2026, 0, 5, 12);
const at = (ms: number): Date => new Date(T0 + ms);

const kinds = fc.constantFrom<IntervalKind>('setup', 'queue', 'ring', 'talk', 'hold');
const timeline = fc
  .array(fc.tuple(kinds, fc.integer({ min: 0, max: 100_000 }), fc.constantFrom(null, 'a', 'b')), { minLength: 1 })
  .map((steps) => {
    let now = 0;
    let intervals: Interval[] = [];
    for (const [kind, wait, agentId] of steps) {
      intervals = step(intervals, kind, at(now), agentId);
      now += wait;
    }
    return { intervals: step(intervals, undefined, at(now), null), end: now };
  });

describe("a call's time", () => {
  it('adds up to the second, whatever the fractions', () => {
    fc.assert(
      fc.property(timeline, ({ intervals, end }) => {
        const sums = durations(intervals, at(end));
        expect(sums.setup + sums.queue + sums.ring + sums.talk + sums.hold).toBe(sums.total);
        expect(sums.total).toBe(Math.floor(end / 1000));
      }),
    );
  });

  it('never runs backwards and leaves no gap, even when the clock does', () => {
    const jumps = fc.array(fc.tuple(kinds, fc.integer({ min: -50_000, max: 50_000 })), { minLength: 1 });
    fc.assert(
      fc.property(jumps, (steps) => {
        let intervals: Interval[] = [];
        let now = 0;
        for (const [kind, jump] of steps) {
          now += jump;
          intervals = step(intervals, kind, at(now), null);
        }
        intervals.forEach((interval, n) => {
          if (interval.end) expect(interval.end >= interval.start).toBe(true);
          if (n > 0) expect(interval.start).toEqual(intervals[n - 1]?.end);
        });
        expect(intervals.filter((interval) => interval.end === null)).toHaveLength(1);
      }),
    );
  });

  it('loses nothing when a late fact splits it', () => {
    fc.assert(
      fc.property(timeline, kinds, fc.nat(), ({ intervals, end }, kind, when) => {
        const before = durations(intervals, at(end)).total;
        expect(durations(splitLate(intervals, kind, at(end === 0 ? 0 : when % end)), at(end)).total).toBe(before);
      }),
    );
  });

  it('counts wrap-up apart', () => {
    const intervals: Interval[] = [
      { kind: 'talk', start: at(0), end: at(5_500), agentId: 'a' },
      { kind: 'wrap_up', start: at(5_500), end: at(25_500), agentId: 'a' },
    ];
    expect(durations(intervals, at(99_000))).toMatchObject({ talk: 5, total: 5, wrapUp: 20 });
  });

  it('has a kind for every status that lasts', () => {
    for (const status of CALL_STATUSES) expect(intervalKind(status, false) === undefined).toBe(isFinal(status));
    expect(intervalKind('transferred', true)).toBe('ring');
  });

  it('writes MM:SS', () =>
    expect([clockText(0), clockText(65), clockText(6_000)]).toEqual(['00:00', '01:05', '100:00']));

  it('over ten thousand lives that follow the table reaches only listed statuses, and adds up', () => {
    const lives = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 60_000 })), { maxLength: 30 });
    fc.assert(
      fc.property(lives, (choices) => {
        let status: CallStatus = 'initiated';
        let now = 0;
        let intervals = step([], 'setup', at(0), null);
        for (const [choice, wait] of choices) {
          const next: readonly CallStatus[] = TRANSITIONS[status];
          if (next.length === 0) break;
          now += wait;
          status = next[choice % next.length] as CallStatus;
          intervals = step(intervals, intervalKind(status, choice % 2 === 0), at(now), null);
        }
        expect(CALL_STATUSES).toContain(status);
        expect(intervals.some((interval) => interval.end === null)).toBe(!isFinal(status));
        const sums = durations(intervals, at(now));
        expect(sums.setup + sums.queue + sums.ring + sums.talk + sums.hold).toBe(sums.total);
        expect(sums.total).toBe(Math.floor(now / 1000));
      }),
      { numRuns: 10_000 },
    );
  });
});
