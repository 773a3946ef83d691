import { setImmediate as aTurn } from 'node:timers/promises';
import { normalise } from '../text/normalise';

/** A cue and how much it says. */
export interface Cue {
  pattern: RegExp;
  weight: number;
}

const EDGE = '(?<![\\p{L}\\p{N}])';
const END = '(?![\\p{L}\\p{N}])';
/** Words that are written onto the next one in Arabic: and, so, the, by, for, like; and the `will` of the dialects. */
const BEFORE = '(?:[وف]?(?:ال|بال|لل|كال|ب|ل|ك)?)';
/** Endings: my, your, his, our, plural. */
const AFTER = '(?:ي|ك|ه|ها|نا|كم|هم|ات|ين|ت|تي|ني|تها|كون)?';
const known: Cue[] = [];
const IN_ONE_TURN = 20;
const ARABIC = /\p{Script=Arabic}/u;

/**
 * Cues from one line of text: parted by `|`; `*` stands for the rest of a word, `..` for up to three words between.
 * Arabic words are found with what is written onto them before and after. Weight 1 unless the line begins with `2:`.
 */
export function cues(...lines: string[]): Cue[] {
  const made = lines.flatMap((line) => {
    const [, weight, rest = ''] = /^(?:(\d(?:\.\d)?):)?(.*)$/s.exec(line) ?? [];
    return rest
      .split('|')
      .map((cue) => cue.trim())
      .filter(Boolean)
      .map((cue) => ({ pattern: patternOf(cue), weight: Number(weight ?? 1) }));
  });
  known.push(...made);
  return made;
}

/** Has every pattern compiled, a few in each turn, so that nobody's first question waits for all of them (a second). */
export async function warmUp(): Promise<void> {
  for (const [at, { pattern }] of known.entries()) {
    pattern.test('قال said');
    if (at % IN_ONE_TURN === 0) await aTurn();
  }
}

function patternOf(cue: string): RegExp {
  const parts = cue.split(/\s+/).map((word) => {
    if (word === '..') return undefined;
    const open = word.endsWith('*');
    const plain = normalise(open ? word.slice(0, -1) : word).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    // a ta marbuta (written ه here) opens before an ending: فاتورة, فاتورتي
    const body = ARABIC.test(plain)
      ? BEFORE + plain.replace(/ه$/, '[هت]') + (open ? '' : AFTER)
      : plain.replaceAll("'", "'?");
    return EDGE + body + (open ? '[\\p{L}\\p{N}]*' : END);
  });
  let source = '';
  parts.forEach((part, index) => {
    if (part === undefined) source += "(?:[\\s\\p{P}]+[\\p{L}\\p{N}']+){0,3}[\\s\\p{P}]+";
    else source += (index > 0 && parts[index - 1] !== undefined ? '[\\s\\p{P}]+' : '') + part;
  });
  return new RegExp(source, 'u');
}

/** The weight of all cues that a normalised text holds; each counts once. */
export const weigh = (text: string, list: readonly Cue[]): number =>
  list.reduce((sum, cue) => sum + (cue.pattern.test(text) ? cue.weight : 0), 0);
