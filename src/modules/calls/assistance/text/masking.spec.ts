import fc from '../../../../../test/support/properties';
import { holdsNumbersOfPeople, mask, maskAll } from './masking';
import { luhn } from './numbers-of-people';

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''));

/** The number with the check digit that makes it pass. */
const checked = (start: string): string =>
  `${start}${[...'0123456789'].find((digit) => luhn(`${start}${digit}`)) as string}`;

const card = fc.oneof(
  digits(14).map((rest) => checked(`4${rest}`)),
  digits(11).map((rest) => checked(`4${rest}`)),
  fc.tuple(fc.integer({ min: 51, max: 55 }), digits(13)).map(([start, rest]) => checked(`${start}${rest}`)),
  fc.tuple(fc.constantFrom('34', '37'), digits(12)).map(([start, rest]) => checked(start + rest)),
  digits(11).map((rest) => checked(`9682${rest}`)),
);
const saudiId = fc.tuple(fc.constantFrom('1', '2'), digits(8)).map(([start, rest]) => checked(start + rest));
const southAfricanId = fc
  .tuple(
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    digits(4),
    fc.integer({ min: 0, max: 1 }),
  )
  .map(([year, month, day, four, citizen]) =>
    checked([year, month, day].map((part) => String(part).padStart(2, '0')).join('') + `${four}${citizen}8`),
  );
const niNumber = fc
  .tuple(fc.constantFrom('AB', 'JG', 'PX', 'wm'), digits(6), fc.constantFrom('A', 'b', 'C', 'D'))
  .map(([start, middle, end]) => start + middle + end);
const iban = fc.oneof(
  digits(20).map((rest) => withIbanCheck('SA', rest)),
  digits(14).map((rest) => withIbanCheck('GB', `NWBK${rest}`)),
  digits(19).map((rest) => withIbanCheck('AE', rest)),
);

function withIbanCheck(country: string, account: string): string {
  const figures = [...`${account}${country}00`].map((character) => parseInt(character, 36)).join('');
  return `${country}${String(98n - (BigInt(figures) % 97n)).padStart(2, '0')}${account}`;
}

/** Digits as people write and paste them: in another script, in groups, with marks nobody sees. */
const scripts = [0x30, 0x660, 0x6f0, 0xff10, 0x966, 0x1d7ec];
const written = (number: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      number,
      fc.constantFrom(...scripts),
      fc.constantFrom('', ' ', '-', ' - ', '.', '\u00a0', '\u200f', '،', '\n'),
      fc.integer({ min: 2, max: 5 }),
    )
    .map(([text, zero, gap, size]) =>
      (text.match(new RegExp(`.{1,${size}}`, 'g')) as string[])
        .join(gap)
        .replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit))),
    );

/** What stands before and after: words, so that no other digit touches the number. */
const words = fc.constantFrom('', 'my number is ', 'رقمي هو ', 'رقم البطاقة: ', '(', 'card#', 'يا أخي ');

const isHidden = (number: fc.Arbitrary<string>, word: string): void =>
  fc.assert(
    fc.property(words, written(number), words, (before, text, after) => {
      const masked = mask(`${before}${text} ${after}`);
      expect(masked).toBe(`${before}[${word}] ${after}`);
    }),
    { numRuns: 400 },
  );

/** What takes less says more of the machine than of the text. */
const MEASURABLE_MS = 8;

describe('masking', () => {
  it('hides card numbers, however they are written', () => isHidden(card, 'card number'));
  it('hides Saudi ids', () => isHidden(saudiId, 'national id'));
  it('hides South African ids', () =>
    fc.assert(
      fc.property(written(southAfricanId), (text) => {
        expect(mask(`id ${text}.`)).toMatch(/^id \[(national id|card number)\]\.$/);
      }),
      { numRuns: 400 },
    ));
  it('hides British national insurance numbers', () => isHidden(niNumber, 'national id'));
  it('hides IBANs', () => isHidden(iban, 'iban'));

  it('hides an Emirates id and the code on a card', () => {
    expect(mask(`784-1990-${checked('784199012345671').slice(7, 14)}-${checked('78419901234567').slice(14)}`)).toBe(
      '[national id]',
    );
    expect(mask('4111 1111 1111 1111, exp 12/27, cvv 123')).toBe('[card number], exp 12/27, cvv [security code]');
    expect(mask('رمز الأمان هو ٤٥٦')).toBe('رمز الأمان هو [security code]');
  });

  it('does not take the words behind a number for the rest of an IBAN', () => {
    // "is 96…04 my number" has the length and the check digits of an Icelandic one, but not its digits
    expect(mask('my number is 9682882748865604 my number is')).toBe('my number is [card number] my number is');
  });

  it('finds a number among other digits', () => {
    expect(mask('4111111111111111 12 27 order 88')).toBe('[card number] 12 27 order 88');
    expect(mask('ref0004111111111111111')).toBe('ref000[card number]');
    expect(mask('first 1000000008 then 4111 1111 1111 1111')).toBe('first [national id] then [card number]');
  });

  it('finds a number said in two goes', () => {
    expect(maskAll(['it is 4111 1111', '1111 1111 thanks', 'bye'])).toEqual(['it is [card number]', ' thanks', 'bye']);
  });

  it('leaves telephone numbers, amounts, dates, order numbers and times as they are', () => {
    for (const text of [
      '+966501234567',
      '00966 50 123 4567',
      '(083) 555-5555',
      '020 7946 0123',
      '+44 7911 123456',
      '٠٥٠١٢٣٤٥٦٧',
      '0501234567 0507654321',
      'R 12,500.00 on 2026-11-08 at 14:30',
      'TKT-20261108-0001',
      'CALL-A1B2C3D4',
      'is 12 hours or 24 hours of waiting for this to end at last',
      'order 1234567890123456',
      'meter 44012345678901',
    ])
      expect(mask(text)).toBe(text);
  });

  it('keeps everything else, and finds nothing in its own work', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), written(card), written(iban))), (texts) => {
        const masked = maskAll(texts);
        expect(masked).toHaveLength(texts.length);
        for (const text of masked) expect(holdsNumbersOfPeople(text)).toBe(false);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'abc دهو,.!\n') }), (text) => mask(text) === text));
  });

  it('takes time in proportion to the text, whatever it holds', () => {
    const patterns = [
      '1 ',
      '4',
      '12 ',
      'SA44 ',
      'AB12 ',
      'GB',
      '٤ ',
      '4111 1111 1111 1111 ',
      '4111111111111111',
      '\u200f',
    ];
    // the quickest of several runs, for another process may have had the processor in any one of them
    const quickest = (bad: string, length: number): number => {
      const text = bad.repeat(length / bad.length);
      const times = Array.from({ length: 3 }, () => {
        const start = performance.now();
        maskAll([text]);
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    for (const bad of patterns) {
      let length = 4_000;
      while (quickest(bad, length) < MEASURABLE_MS) length *= 2;
      // four times the text; what grows with its square takes sixteen times as long
      const isProportional = (): boolean => quickest(bad, 4 * length) / quickest(bad, length) < 8;
      // measured again before it is believed
      expect([bad, isProportional() || isProportional() || isProportional()]).toEqual([bad, true]);
    }
  });
});
