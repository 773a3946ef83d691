import { digitValue, isInvisible } from './characters';
import { cardAt, ibanAt, nationalIdAt, type Group } from './numbers-of-people';

/** What was found in a text and taken out of it. */
export type MaskKind = 'card number' | 'security code' | 'national id' | 'iban';

interface Span {
  start: number;
  end: number;
  kind: MaskKind;
}

/** Joins texts for one look; nobody can send it (NUL is refused at the door). */
const JOINT = '\0';
/** Stands where a number was found: neither a digit nor a letter nor a gap. */
const TAKEN = '\u{1}';
/** How many characters may part two groups of one number: `4111 - 1111`. */
const WIDEST_GAP = 4;
const GAP = /^[\s\-‐-―−._/\\·•,،'’"()|:*+\0]$/u;
const CODE_WORD =
  /(?:\b(?:cvv2?|cvc2?|csc|security code|card code)|رمز الامان|رمز الأمان|الرقم السري|كود الامان|كود الأمان)[^\p{L}\p{N}]{0,4}(?:is|was|هو)?[^\p{L}\p{N}]{0,4}$/iu;

/**
 * Takes card numbers, their security codes, national ids and IBANs out of a text and leaves a word in their place, so
 * that none of them is stored for or sent to an assistant. Digits of every script count, however they are grouped.
 */
export const mask = (text: string): string => maskAll([text])[0] as string;

/**
 * The same for several texts in their order. A number that was begun in one of them and finished in the next ("four
 * digits at a time") is found as well; its word stands where the number began. Half characters, which no store of JSON
 * takes, come out whole.
 */
export function maskAll(texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  const characters = [...texts.map((text) => text.toWellFormed().replaceAll(JOINT, ' ')).join(JOINT)];
  const spans = spansIn(characters);
  let masked = '';
  let at = 0;
  for (const span of spans) {
    masked += characters.slice(at, span.start).join('');
    const joints = characters.slice(span.start, span.end).filter((character) => character === JOINT).length;
    masked += `[${span.kind}]${JOINT.repeat(joints)}`;
    at = span.end;
  }
  return (masked + characters.slice(at).join('')).split(JOINT);
}

/** Whether a text still holds what `mask` would take out. */
export const holdsNumbersOfPeople = (text: string): boolean => spansIn([...text]).length > 0;

/** Looks until nothing more is found: what is taken out of a run of digits may lay bare another number in it. */
function spansIn(characters: readonly string[]): Span[] {
  const left = [...characters];
  const spans: Span[] = [];
  for (;;) {
    const found = oneLook(left);
    if (found.length === 0) return spans.sort((a, b) => a.start - b.start);
    spans.push(...found);
    for (const { start, end } of found) left.fill(TAKEN, start, end);
  }
}

function oneLook(characters: string[]): Span[] {
  const digits = characters.map(digitValue);
  const spans: Span[] = [];
  const taken = new Uint8Array(characters.length);
  const claim = (start: number, end: number, kind: MaskKind): void => {
    if (taken.subarray(start, end).includes(1)) return;
    taken.fill(1, start, end);
    spans.push({ start, end, kind });
  };
  for (let at = 0; at < characters.length; at += 1) {
    const iban = ibanAt(characters, digits, at, isGap);
    if (iban !== undefined) claim(at, iban, 'iban');
    const ni = nationalIdAt(characters, digits, at, isGap);
    if (ni !== undefined) claim(at, ni, 'national id');
  }
  for (const run of runsOf(characters, digits)) {
    for (const card of cardAt(run)) claim(card.start, card.end, card.kind);
  }
  for (const code of securityCodes(characters, digits)) claim(code.start, code.end, 'security code');
  return spans;
}

const isGap = (character: string): boolean => GAP.test(character) || isInvisible(character);

/** Runs of digits in groups, the groups parted by little enough to be one number. */
function runsOf(characters: string[], digits: (number | undefined)[]): Group[][] {
  const runs: Group[][] = [];
  let run: Group[] = [];
  for (let at = 0; at < characters.length;) {
    if (digits[at] === undefined) {
      at += 1;
      continue;
    }
    const last = run.at(-1);
    if (last && !characters.slice(last.end, at).every(isGap)) run = [];
    else if (last && characters.slice(last.end, at).filter((c) => !isInvisible(c)).length > WIDEST_GAP) run = [];
    if (run.length === 0) runs.push(run);
    const start = at;
    const values: number[] = [];
    // an invisible mark between two digits parts nothing
    const places: number[] = [];
    while (at < characters.length) {
      const value = digits[at];
      if (value !== undefined) {
        values.push(value);
        places.push(at);
      } else if (!isInvisible(characters[at] as string)) break;
      at += 1;
    }
    run.push({ start, end: (places.at(-1) as number) + 1, values, places });
  }
  return runs;
}

/** Three or four digits right after a word for the code on a card. */
function* securityCodes(characters: string[], digits: (number | undefined)[]): Generator<Span> {
  for (let at = 0; at < characters.length; at += 1) {
    if (digits[at] === undefined || digits[at - 1] !== undefined) continue;
    let end = at;
    while (end < characters.length && digits[end] !== undefined) end += 1;
    if (end - at < 3 || end - at > 4) continue;
    if (CODE_WORD.test(characters.slice(Math.max(0, at - 40), at).join('')))
      yield { start: at, end, kind: 'security code' };
  }
}
