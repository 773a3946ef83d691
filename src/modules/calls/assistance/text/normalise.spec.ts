import { isMixed, languageOf, normalise, wordsOf } from './normalise';

describe('one spelling of a text', () => {
  it('knows Arabic written with and without signs, in every form of alef, ya and ta marbuta', () => {
    expect(normalise('الفَاتُورَةُ')).toBe(normalise('الفاتوره'));
    expect(normalise('إلغاء أُريد آخر')).toBe('الغاء اريد اخر');
    expect(normalise('شـــكوى')).toBe(normalise('شكوي'));
    expect(normalise('مسئول مسؤول')).toBe('مسيول مسوول');
  });

  it('writes digits of every script alike, and words without apostrophes', () => {
    expect(normalise('٢٠ و ۳۰ ４')).toBe('20 و 30 4');
    expect(wordsOf('I don’t KNOW, café!')).toEqual(['i', 'dont', 'know', 'cafe']);
  });

  it('tells the language to answer in', () => {
    expect(languageOf('فاتورتي عالية')).toBe('ar');
    expect(languageOf('my bill, شكرا')).toBe('en');
    expect(languageOf('123')).toBe('en');
    expect(isMixed('عندي problem في الفاتورة please')).toBe(true);
    expect(isMixed('عندي مشكلة في iPhone')).toBe(false);
  });
});
