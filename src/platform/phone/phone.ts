import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';

/** A telephone number that can be dialled and matched on. */
export interface Phone {
  /** `+966501234567` */
  e164: string;
  /** ISO 3166 alpha-2, where the number tells it. */
  country?: string;
}

/** What helps to read a number that does not say its country. */
export interface PhoneHints {
  /** ISO 3166 alpha-2 of the country in which a national number is dialled; unknown ones are ignored. */
  country?: string;
  /** The country's calling code beside a national number, as dialers keep it: `44`. Wins over `country`. */
  callingCode?: string;
  /** A leading space was a `+` before somebody decoded it as a form value. */
  spaceMayBePlus?: boolean;
}

/** Longer than any number anybody writes; what is longer is not looked at. */
const LONGEST = 64;
/** What people put between digits, marks of writing direction included (they come with copied Arabic text). */
const SEPARATORS = /[\s\-./()\u2010-\u2015\u2212\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu;
/** The library throws on a calling code nobody has. */
const CALLING_CODES: ReadonlySet<string> = new Set(getCountries().map((country) => getCountryCallingCode(country)));
/** What is typed into fields that have to be filled: 0000000000, 1111111111. They would make strangers one person. */
const FILLER = /^(\d)\1*$/;

/** Arabic-Indic, Persian and full-width digits and the full-width plus as ASCII. */
const plain = (text: string): string =>
  text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replace(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10))
    .replace(/\uff0b/g, '+');

/**
 * Reads a telephone number; undefined for what is none: letters, extensions, service codes, too short or too long for its
 * country. Such text is kept as it was sent and never matched on. A national number needs a hint.
 *
 * It asks whether the number is possible (its length in its country's plan), not whether its range has been handed out:
 * operators open ranges faster than libraries learn of them, and a number refused here would lose a caller.
 */
export function parsePhone(text: string | null | undefined, hint?: string | PhoneHints): Phone | undefined {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  const hints: PhoneHints = typeof hint === 'string' ? { country: hint } : (hint ?? {});
  const digits = plain(text).replace(SEPARATORS, '');
  if (!/^\+?\d{4,20}$/.test(digits)) return undefined;
  if (digits.startsWith('+')) return international(digits);
  if (digits.startsWith('00')) return international(`+${digits.slice(2)}`);
  if (hints.spaceMayBePlus && /^ \d/.test(plain(text))) {
    const restored = international(`+${digits}`);
    if (restored) return restored;
  }
  return national(digits, hints);
}

const international = (digits: string): Phone | undefined => checked(parsePhoneNumberFromString(digits));

function national(digits: string, hints: PhoneHints): Phone | undefined {
  const code = hints.callingCode?.trim().replace(/^\+|^00/, '');
  if (code && CALLING_CODES.has(code)) {
    return checked(parsePhoneNumberFromString(digits, { defaultCallingCode: code }));
  }
  const country = hints.country?.trim().toUpperCase();
  if (!country || !isSupportedCountry(country)) return undefined;
  return checked(parsePhoneNumberFromString(digits, country as CountryCode));
}

function checked(number: ReturnType<typeof parsePhoneNumberFromString>): Phone | undefined {
  if (!number?.isPossible() || number.ext || FILLER.test(number.nationalNumber)) return undefined;
  // Some impossible-but-for-their-length texts read differently a second time; one person needs one spelling.
  const again = parsePhoneNumberFromString(number.number);
  if (again?.number !== number.number || !again.isPossible()) return undefined;
  return { e164: number.number, ...(number.country ? { country: number.country } : {}) };
}
