import fc from '../../../../test/support/properties';
import { type CarrierFacts, carrierState, learn } from './carrier-facts';
import type { SignalKind } from './telephony.port';

const STREAMS: SignalKind[][] = [
  ['initiated', 'ringing', 'answered', 'completed'],
  ['initiated', 'ringing', 'no_answer'],
  ['initiated', 'busy'],
  ['initiated', 'failed'],
  ['initiated', 'ringing', 'canceled'],
  ['initiated', 'ringing', 'answered', 'bridged', 'bridged', 'completed'],
];

const told = (facts: CarrierFacts, kind: SignalKind, sequence: number): CarrierFacts =>
  learn(facts, { kind, sequence, at: new Date(1000 * sequence) });

describe('what a carrier tells', () => {
  it('shuffled and doubled a thousand times comes to the same', () => {
    const arrival = fc.constantFrom(...STREAMS).chain((stream) => {
      const signals = stream.map((kind, sequence) => ({ kind, sequence }));
      const doubled = fc
        .array(fc.constantFrom(...signals), { maxLength: 5 })
        .chain((again) => fc.shuffledSubarray([...signals, ...again], { minLength: signals.length + again.length }));
      return doubled.map((arrived) => ({ signals, arrived }));
    });
    fc.assert(
      fc.property(arrival, ({ signals, arrived }) => {
        const inOrder = signals.reduce((facts, s) => told(facts, s.kind, s.sequence), {} as CarrierFacts);
        const asArrived = arrived.reduce((facts, s) => told(facts, s.kind, s.sequence), {} as CarrierFacts);
        expect(asArrived).toEqual(inOrder);
        expect(carrierState(asArrived)).toBe(carrierState(inOrder));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same object when it is no news', () => {
    const facts = told({}, 'ringing', 1);
    expect(told(facts, 'ringing', 1)).toBe(facts);
    expect(told(facts, 'ringing', 2)).toBe(facts);
    expect(told(facts, 'ringing', 0)).not.toBe(facts);
  });

  it('never goes back', () => {
    const rank = (facts: CarrierFacts): number => {
      const state = carrierState(facts);
      return state === 'initiated' ? 0 : state === 'ringing' ? 1 : state === 'answered' ? 2 : 3;
    };
    const signals = fc.array(fc.tuple(fc.constantFrom(...STREAMS.flat()), fc.nat(9)));
    fc.assert(
      fc.property(signals, (stream) => {
        let facts: CarrierFacts = {};
        for (const [kind, sequence] of stream) {
          const next = told(facts, kind, sequence);
          expect(rank(next)).toBeGreaterThanOrEqual(rank(facts));
          facts = next;
        }
      }),
    );
  });
});
