import type { RankedPassage } from '../assistance.types';
import type { IntentReading } from '../rules/intent';

/**
 * How likely it is that the suggestion is the right one, from what the rules can see: how clear the intent is, how well
 * the source fits, and how far it is ahead of the next. The bands were set by the part of the fixture the rules were made
 * with; `npm run score:assistance` prints how often each band is right there and on the part that was held out.
 */
export function confidenceOf(
  reading: IntentReading,
  source: RankedPassage | undefined,
  next: RankedPassage | undefined,
) {
  if (reading.intent === 'other') return source ? 0.35 : 0.3;
  const clear = reading.score >= 3 && reading.margin >= 0.4;
  // to have somebody rung back needs no source
  if (reading.intent === 'callback') return clear ? 0.9 : 0.6;
  if (!source) return clear ? 0.45 : 0.3;
  const ahead = source.fit - (next?.fit ?? 0);
  let points = 0;
  if (clear) points += 2;
  else if (reading.margin >= 0.2) points += 1;
  if (source.fit >= 0.6) points += 2;
  else if (source.fit >= 0.48) points += 1;
  if (ahead >= 0.1) points += 2;
  else if (ahead >= 0.04) points += 1;
  return BANDS[points] ?? 0.5;
}

/** By points from 0 to 6. */
const BANDS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.95];
