import fc from '../../../test/support/properties';
import { catchUp } from './catch-up';

interface Told {
  seq: number;
}

/** A log with a fan-out that runs behind it, moved by a list of small steps between which everything awaits. */
function world(visible: (seq: number) => boolean, page: number, window: number) {
  let last = 0;
  let position = 0;
  let live = false;
  let waiting: (() => void)[] = [];
  const told: number[] = [];
  return {
    told,
    isLive: () => live,
    append: (count: number) => (last += count),
    /** The fan-out: position and emission in one turn. */
    fanOut: (count: number) => {
      for (let n = 0; n < count && position < last; n += 1) {
        position += 1;
        if (live && visible(position)) told.push(position);
      }
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    end: () => ({ last, position }),
    on: {
      position: () => position,
      moved: () => new Promise<void>((resolve) => waiting.push(resolve)),
      read: async (after: number, upTo: number): Promise<Told[]> => {
        const snapshot = Math.min(upTo, last);
        await Promise.resolve();
        const found: Told[] = [];
        for (let seq = after + 1; seq <= snapshot && found.length < page; seq += 1)
          if (visible(seq)) found.push({ seq });
        await Promise.resolve();
        return found;
      },
      page,
      window,
      tell: (event: Told) => {
        told.push(event.seq);
        return event.seq % 3 === 0 ? Promise.resolve() : undefined;
      },
      open: () => true,
      join: () => {
        live = true;
      },
    },
  };
}

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 7 }) }),
    fc.record({ kind: fc.constant('fanOut' as const), count: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('pause' as const), count: fc.integer({ min: 1, max: 4 }) }),
  ),
  { maxLength: 60 },
);

describe('catching up', () => {
  it('tells each visible event after last_seq once and in order, however appends, fan-out and reads interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 5 }),
        steps,
        async (before, fannedOut, seen, page, window, stride, script) => {
          const visible = (seq: number): boolean => seq % stride === 0;
          const w = world(visible, page, window);
          w.append(before);
          w.fanOut(fannedOut);
          // anything in the log may have been seen: through another process even what this one has not told yet
          const from = Math.round(seen * before);
          const done = catchUp(from, w.on);
          for (const step of script) {
            if (step.kind === 'append') w.append(step.count);
            if (step.kind === 'fanOut') w.fanOut(step.count);
            if (step.kind === 'pause') for (let n = 0; n < step.count; n += 1) await Promise.resolve();
          }
          w.fanOut(Number.MAX_SAFE_INTEGER);
          await done;
          w.append(3);
          w.fanOut(3);
          const expected: number[] = [];
          for (let seq = from + 1; seq <= w.end().last; seq += 1) if (visible(seq)) expected.push(seq);
          expect(w.told).toEqual(expected);
          expect(w.isLive()).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('stops when the connection has gone', async () => {
    const w = world(() => true, 2, 10);
    w.append(10);
    w.fanOut(10);
    await catchUp(0, { ...w.on, open: () => w.told.length < 3 });
    expect(w.told).toEqual([1, 2, 3]);
    expect(w.isLive()).toBe(false);
  });
});
