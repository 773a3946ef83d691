/** Digits that stand together: where, their values, and the place of each. */
export interface Group {
  start: number;
  end: number;
  values: number[];
  places: number[];
}

interface Found {
  start: number;
  end: number;
  kind: 'card number' | 'national id';
}

type Gap = (character: string) => boolean;

/**
 * What follows the country and the check digits of an IBAN, by country (ISO 13616): so many digits (`n`), letters (`a`) or
 * either (`c`). The pattern and not the length alone, because the words behind a number ("the card *is 96…04 my number*")
 * make up any length, and one text in 97 passes the check.
 */
const IBANS: ReadonlyMap<string, { length: number; account: RegExp }> = new Map(
  (
    'AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c ' +
    'CR18n CY8n16c CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n ' +
    'GE2a16n GI4a15c GL14n GR7n16c GT24c HR17n HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c ' +
    'KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD20c ME18n MK3n10c2n ' +
    'MN16n MR23n MT4a5n18c MU4a19n3a NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c ' +
    'RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n ' +
    'TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), ibanOf(entry.slice(2))]),
);

function ibanOf(format: string): { length: number; account: RegExp } {
  const parts = [...format.matchAll(/(\d+)([nac])/g)].map(([, count, kind]) => ({ count: Number(count), kind }));
  const classes: Readonly<Record<string, string>> = { n: '[0-9]', a: '[A-Z]', c: '[0-9A-Z]' };
  return {
    length: 4 + parts.reduce((sum, part) => sum + part.count, 0),
    account: new RegExp(`^${parts.map(({ count, kind }) => `${classes[kind as string]}{${count}}`).join('')}$`),
  };
}

/** Fewer digits than this make words, not an account. */
const FEWEST_IBAN_DIGITS = 8;

const LATIN = /^[A-Za-zＡ-Ｚａ-ｚ]$/;
const latin = (character: string): string => character.normalize('NFKC').toUpperCase();

/** Where the IBAN that begins at `at` ends; undefined when none does. Checked by its length and mod 97. */
export function ibanAt(
  characters: string[],
  digits: (number | undefined)[],
  at: number,
  isGap: Gap,
): number | undefined {
  const first = characters[at] as string;
  if (!LATIN.test(first) || isWord(characters[at - 1])) return undefined;
  let code = '';
  let length = Infinity;
  for (let place = at; place < characters.length; place += 1) {
    const character = characters[place] as string;
    const digit = digits[place];
    if (digit !== undefined) code += String(digit);
    else if (LATIN.test(character)) code += latin(character);
    else if (code.length >= 2 && isGap(character)) continue;
    else return undefined;
    if (code.length === 2) {
      const iban = IBANS.get(code);
      if (!iban) return undefined;
      length = iban.length;
    }
    if (code.length === 4 && !/^\d\d$/.test(code.slice(2))) return undefined;
    if (code.length < length) continue;
    const next = characters[place + 1];
    const endsHere = next === undefined || !(isWord(next) || digits[place + 1] !== undefined);
    return endsHere && isIban(code) ? place + 1 : undefined;
  }
  return undefined;
}

/** The country's pattern, and ISO 7064 mod 97-10 over the rearranged code. */
export function isIban(code: string): boolean {
  if (!IBANS.get(code.slice(0, 2))?.account.test(code.slice(4))) return false;
  if (code.slice(4).replace(/\D/g, '').length < FEWEST_IBAN_DIGITS) return false;
  let rest = 0;
  for (const character of code.slice(4) + code.slice(0, 4)) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const NI_NUMBER = /^(?!BG|GB|NK|KN|TN|NT|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]\d{6}[A-D]$/;

/** Where the British national insurance number that begins at `at` ends; undefined when none does. */
export function nationalIdAt(
  characters: string[],
  digits: (number | undefined)[],
  at: number,
  isGap: Gap,
): number | undefined {
  if (!LATIN.test(characters[at] as string) || isWord(characters[at - 1])) return undefined;
  let code = '';
  for (let place = at; place < characters.length; place += 1) {
    const character = characters[place] as string;
    const digit = digits[place];
    if (digit !== undefined) code += String(digit);
    else if (LATIN.test(character)) code += latin(character);
    else if (code.length >= 2 && isGap(character)) continue;
    else return undefined;
    if (code.length < 9) continue;
    return NI_NUMBER.test(code) && !isWord(characters[place + 1]) ? place + 1 : undefined;
  }
  return undefined;
}

const isWord = (character: string | undefined): boolean => character !== undefined && /^[\p{L}\p{N}]$/u.test(character);

/**
 * Card numbers and national ids in one run of digits. A number is looked for from the beginning of a group to the end of
 * one, and anywhere within a group that is long enough to hold one and more.
 */
export function cardAt(run: readonly Group[]): Found[] {
  const values = run.flatMap((group) => group.values);
  const places = run.flatMap((group) => group.places);
  const starts = new Set<number>();
  const ends = new Set<number>();
  let index = 0;
  for (const group of run) {
    starts.add(index);
    index += group.values.length;
    ends.add(index);
  }
  const found: Found[] = [];
  const groupOf = run.flatMap((group, at) => group.values.map(() => at));
  // within one group, glued to digits that do not belong to it
  const glued = (from: number, to: number): boolean => to - from >= SHORTEST_GLUED && groupOf[from] === groupOf[to - 1];
  for (let from = 0; from < values.length; from += 1) {
    for (const length of LENGTHS) {
      const to = from + length;
      if (to > values.length) continue;
      if (!(starts.has(from) && ends.has(to)) && !glued(from, to)) continue;
      const kind = kindOf(values.slice(from, to), starts.has(from) && ends.has(to));
      if (!kind) continue;
      found.push({ start: places[from] as number, end: (places[to - 1] as number) + 1, kind });
      from = to - 1;
      break;
    }
  }
  return found;
}

/** Longest first: a card of 19 digits is not to be taken for one of 16 with three left over. */
const LENGTHS = [19, 18, 17, 16, 15, 14, 13, 10];

/** Fewer digits than this are taken for a number only when they stand alone. */
const SHORTEST_GLUED = 13;

function kindOf(digits: readonly number[], whole: boolean): Found['kind'] | undefined {
  const text = digits.join('');
  if (text.length >= 13 && isCard(text)) return 'card number';
  if (text.length === 13 && isSouthAfricanId(text)) return 'national id';
  if (whole && text.length === 10 && /^[12]/.test(text) && luhn(text)) return 'national id';
  if (text.length === 15 && text.startsWith('784') && luhn(text)) return 'national id';
  return undefined;
}

/** First digits and lengths of the card schemes, mada (Saudi Arabia) among them; anything else is no card. */
const SCHEMES: readonly RegExp[] = [
  /^4(\d{12}|\d{15}|\d{18})$/,
  /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)\d*$/,
  /^3[47]\d{13}$/,
  /^3(0[0-5]|[689])\d{11,16}$/,
  /^35\d{14,17}$/,
  /^(50|5[6-9]|6)\d{11,17}$/,
  /^9682\d{12}$/,
  /^220[0-4]\d{12,15}$/,
];
const SIXTEEN = SCHEMES[1];

function isCard(text: string): boolean {
  return SCHEMES.some((scheme) => scheme.test(text) && (scheme !== SIXTEEN || text.length === 16)) && luhn(text);
}

/** YYMMDD, four digits, citizenship, one digit, and a check digit. */
function isSouthAfricanId(text: string): boolean {
  const month = Number(text.slice(2, 4));
  const day = Number(text.slice(4, 6));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && /^\d{10}[0-2]/.test(text) && luhn(text);
}

/** The check digit of cards, of Saudi and South African ids. */
export function luhn(text: string): boolean {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = Number(text[text.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
