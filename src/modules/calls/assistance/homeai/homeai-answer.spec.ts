import fc from '../../../../../test/support/properties';
import type { RankedPassage } from '../assistance.types';
import { Nonsense, plainText, readAnswer } from './homeai-answer';

const passage = { kind: 'article', id: 'KB-001', title: 'Refunds' } as RankedPassage;
const good = {
  suggestion: 'Say sorry.',
  confidence: 0.7,
  recommended_actions: ['Look it up'],
  sentiment: 'negative',
  urgency: 'high',
  sources: ['KB-001', 'KB-999'],
};

describe("a provider's answer", () => {
  it('is taken over checked, with no source it was not given', () => {
    const read = readAnswer(`\`\`\`json\n${JSON.stringify(good)}\n\`\`\``, [passage]);
    expect(read).toEqual({ ...good, sources: [{ type: 'article', id: 'KB-001', title: 'Refunds' }] });
  });

  it('is nonsense when anything that must be there is not', () => {
    for (const wrong of [
      'Sure! Here is a suggestion',
      '[]',
      'null',
      '{',
      JSON.stringify({ ...good, suggestion: '<b></b>' }),
      JSON.stringify({ ...good, confidence: '0.7' }),
      JSON.stringify({ ...good, confidence: 7 }),
      JSON.stringify({ ...good, sentiment: 'furious' }),
      JSON.stringify({ ...good, urgency: undefined }),
    ])
      expect(() => readAnswer(wrong, [passage])).toThrow(Nonsense);
  });

  it('keeps no markup, no hidden direction, no card number, and stays short', () => {
    expect(plainText('<img src=x onerror=alert(1)>Hello **you** [here](http://evil)', 100)).toBe('Hello you here');
    expect(plainText('<scr<b>ipt>x', 100)).not.toContain('<');
    expect(plainText('a\u202eb\0c 4111111111111111', 100)).toBe('ab c [card number]');
    expect(plainText('x'.repeat(5000), 100)).toHaveLength(100);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', 'b', '/', ' ', '[', ']', '(', ')') }), (text) => {
        expect(plainText(text, 50)).not.toMatch(/[<>]/);
      }),
    );
  });
});
