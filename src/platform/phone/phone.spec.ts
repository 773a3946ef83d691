import { getCountries, getExampleNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import fc from '../../../test/support/properties';
import { parsePhone, type PhoneHints } from './phone';

const e164 = (text: string, hint?: string | PhoneHints): string | undefined => parsePhone(text, hint)?.e164;

describe('parsePhone', () => {
  it.each<[string, string | PhoneHints | undefined, string | undefined]>([
    ['+966501234567', undefined, '+966501234567'],
    ['+44 20 7946 0958', undefined, '+442079460958'],
    ['+44123456789', undefined, '+44123456789'],
    ['0044 20 7946 0958', undefined, '+442079460958'],
    ['+44 (0)20 7946-0958', undefined, '+442079460958'],
    ['(+44) 20/7946.0958', undefined, '+442079460958'],
    ['(083) 555-5555', 'ZA', '+27835555555'],
    ['(083) 555-5555', 'za', '+27835555555'],
    ['0044 20 7946 0958', 'ZA', '+442079460958'],
    ['٠٥٠١٢٣٤٥٦٧', 'SA', '+966501234567'],
    ['+٩٦٦٥٠١٢٣٤٥٦٧', undefined, '+966501234567'],
    ['۰۰۹۶۶۵۰۱۲۳۴۵۶۷', undefined, '+966501234567'],
    ['\uff0b\uff19\uff16\uff16501234567', undefined, '+966501234567'],
    ['\u200e+966 50 123 4567\u202c', undefined, '+966501234567'],
    ['7700900123', { callingCode: '44' }, '+447700900123'],
    ['07700900123', { callingCode: '+44', country: 'ZA' }, '+447700900123'],
    ['447700900123', { callingCode: '44' }, '+447700900123'],
    ['2125550123', { callingCode: '1' }, '+12125550123'],
    ['0835555555', { callingCode: '999', country: 'ZA' }, '+27835555555'],
    ['0835555555', { callingCode: '__proto__' }, undefined],
    [' 44 2079460958', { spaceMayBePlus: true }, '+442079460958'],
    [' 07700900123', { spaceMayBePlus: true, country: 'GB' }, '+447700900123'],
    [' 442079460958', undefined, undefined],
    ['(083) 555-5555', undefined, undefined],
    ['(083) 555-5555', 'XX', undefined],
    ['+1 800 FLOWERS', undefined, undefined],
    ['+442079460958 ext. 5', undefined, undefined],
    ['+442079460958;ext=5', undefined, undefined],
    ['tel:+442079460958', undefined, undefined],
    ['++442079460958', undefined, undefined],
    ['+44+2079460958', undefined, undefined],
    ['*21*442079460958#', undefined, undefined],
    ['112', 'GB', undefined],
    ['anonymous', 'GB', undefined],
    ['', 'GB', undefined],
    ['--A--phone_number--B--', 'GB', undefined],
    ['0000000000', 'GB', undefined],
    ['1111111111', 'GB', undefined],
    ['+', undefined, undefined],
    ['+999123456789', undefined, undefined],
    ['+4420794609580000000000', undefined, undefined],
    [' '.repeat(100) + '+442079460958', undefined, undefined],
  ])('%j with %j is %s', (text, hint, expected) => {
    expect(e164(text, hint)).toBe(expected);
  });

  it('tells the country where the number does', () => {
    expect(parsePhone('+966501234567')).toEqual({ e164: '+966501234567', country: 'SA' });
  });

  it('takes no answer for what is not text', () => {
    for (const value of [null, undefined, 5, {}, []]) expect(parsePhone(value as string, 'GB')).toBeUndefined();
  });

  it('never throws, and what it gives is E.164 and reads as itself', () => {
    const mess = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.array(fc.constantFrom(...'0123456789+-() .x#٠١٢٣۴۵۶'), { maxLength: 30 }).map((parts) => parts.join('')),
    );
    const hint = fc.record(
      {
        country: fc.oneof(fc.constantFrom<string>(...getCountries()), fc.string()),
        callingCode: fc.oneof(fc.nat(1000).map(String), fc.string()),
        spaceMayBePlus: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(mess, hint, (text, hints) => {
        const phone = parsePhone(text, hints);
        if (!phone) return;
        expect(phone.e164).toMatch(/^\+[1-9]\d{4,14}$/);
        expect(parsePhone(phone.e164)?.e164).toBe(phone.e164);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads every way of writing one number as the same number, in every country', () => {
    const countries = getCountries().filter((country) => getExampleNumber(country, examples));
    const writing = fc.record({
      country: fc.constantFrom(...countries),
      form: fc.constantFrom('international', 'zeros', 'national', 'code' as const),
      digits: fc.constantFrom(
        '0123456789',
        '٠١٢٣٤٥٦٧٨٩',
        '۰۱۲۳۴۵۶۷۸۹',
        '\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19',
      ),
      separator: fc.constantFrom('', ' ', '-', '.', '\u00a0', '\u2011'),
    });
    fc.assert(
      fc.property(writing, ({ country, form, digits, separator }) => {
        const example = getExampleNumber(country, examples)!;
        const forms = {
          international: example.number as string,
          zeros: `00${example.number.slice(1)}`,
          national: example.formatNational(),
          code: example.nationalNumber as string,
        };
        const written = forms[form].replace(/\d/g, (digit) => `${digits[Number(digit)]}${separator}`);
        const hint = form === 'code' ? { callingCode: example.countryCallingCode } : country;
        expect(e164(written, hint)).toBe(example.number);
      }),
      { numRuns: 2000 },
    );
  });
});
