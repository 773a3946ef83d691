import { digitValue } from './characters';

/** Vowel signs, small letters above, and the line that stretches a word: drawn, not said. */
const MARKS = /[\p{Mn}\p{Cf}\u0640]/gu;
const LETTERS: Readonly<Record<string, string>> = {
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ى: 'ي',
  ئ: 'ي',
  ؤ: 'و',
  ة: 'ه',
  ک: 'ك',
  ی: 'ي',
  گ: 'ك',
};
const WRITTEN_VARIOUSLY = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/**
 * One spelling of a text: small letters, Arabic without vowel signs and tatweel and with one form of alef, ya and ta
 * marbuta, digits of every script as ASCII, straight apostrophes.
 */
export function normalise(text: string): string {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘ʼ`´]/g, "'")
    .replace(WRITTEN_VARIOUSLY, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFD')
    .replace(MARKS, '');
  return plain
    .replace(WRITTEN_VARIOUSLY, (letter) => LETTERS[letter] ?? letter)
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
}

/** The words of a text in one spelling, apostrophes within a word left out: `don't` is `dont`. */
export const wordsOf = (text: string): string[] =>
  normalise(text)
    .replaceAll("'", '')
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** In which language to answer. */
export type Language = 'ar' | 'en';

/** Arabic when at least half of the letters are, else English. Texts without letters are English. */
export function languageOf(text: string): Language {
  const arabic = text.match(/\p{Script=Arabic}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return arabic > 0 && arabic >= latin ? 'ar' : 'en';
}

/** Whether both scripts carry a part of the meaning, not just a brand name in the other one. */
export function isMixed(text: string): boolean {
  const arabic = text.match(/\p{Script=Arabic}+/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}+/gu)?.length ?? 0;
  return Math.min(arabic, latin) >= 2;
}
