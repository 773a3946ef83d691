import fc from '../../../test/support/properties';
import { containing, searchKey } from './ticket-search';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('شكوى عاجلة', 'ΟΔΟΣ', 'İstanbul'),
);

describe('the search key', () => {
  it('is ASCII', () => {
    fc.assert(fc.property(text, (t) => /^[\0-\x7f]*$/.test(searchKey(t))));
  });

  it('of a text contains the key of every part of it', () => {
    fc.assert(fc.property(text, text, text, (a, b, c) => searchKey(a + b + c).includes(searchKey(b))));
  });

  it('is written as a pattern without its own wildcards', () => {
    expect(containing('50%_\\')).toBe('%50\\%\\_\\\\%');
  });
});
