import type { SignalKind } from './telephony.port';

/** A thing the carrier told: when it happened, and its place in the order of telling. */
export interface CarrierFact {
  at: string;
  sequence: number;
}

/** What the carrier has told of a leg so far, by kind. */
export type CarrierFacts = Partial<Record<SignalKind, CarrierFact>>;

/** How far a leg has come by what is known of it. */
export type CarrierState =
  'initiated' | 'ringing' | 'answered' | 'completed' | 'busy' | 'no_answer' | 'failed' | 'canceled';

const ENDS = ['completed', 'busy', 'no_answer', 'failed', 'canceled'] as const;

/**
 * What is known after one more signal; the same object when it says nothing new. Of one kind the first in the carrier's
 * own order counts (of `bridged` the last: a leg is bridged again with each transfer), so the order and the number of
 * arrivals make no difference to what is known in the end.
 */
export function learn(facts: CarrierFacts, signal: { kind: SignalKind; sequence: number; at: Date }): CarrierFacts {
  const known = facts[signal.kind];
  const isNews =
    !known || (signal.kind === 'bridged' ? signal.sequence > known.sequence : signal.sequence < known.sequence);
  if (!isNews) return facts;
  return { ...facts, [signal.kind]: { at: signal.at.toISOString(), sequence: signal.sequence } };
}

/** How far the leg has come. Of several endings the first in the carrier's order counts. */
export function carrierState(facts: CarrierFacts): CarrierState {
  const ends = ENDS.flatMap((kind) => (facts[kind] ? [{ kind, sequence: facts[kind].sequence }] : []));
  const first = ends.sort((a, b) => a.sequence - b.sequence || (a.kind < b.kind ? -1 : 1))[0];
  if (first) return first.kind;
  if (facts.answered || facts.bridged) return 'answered';
  return facts.ringing ? 'ringing' : 'initiated';
}
