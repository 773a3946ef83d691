import { readIntent } from './intent';
import { readSentiment } from './sentiment';
import { readUrgency } from './urgency';

describe('what a customer wants, how he feels, how soon', () => {
  it('reads Arabic however it is spelt', () => {
    for (const text of ['الفاتورة مرتفعة', 'الفاتوره مرتفعه', 'الفَاتُورَة مُرتفعة', 'فاتـــورتي مرتفعة'])
      expect(readIntent([text]).intent).toBe('billing');
  });

  it('takes a kind word that is denied for none', () => {
    expect(readSentiment(['I am not happy'])).toBe('negative');
    expect(readSentiment(['انا مو راضي عن الخدمة'])).toBe('negative');
    expect(readSentiment(['Perfect, thank you'])).toBe('positive');
    expect(readSentiment(['Hello'])).toBe('neutral');
  });

  it('knows danger, hurry and their absence', () => {
    expect(readUrgency(['I see sparks'], 'outage', 'neutral')).toBe('urgent');
    expect(readUrgency(['this is not urgent'], 'billing', 'neutral')).toBe('low');
    expect(readUrgency(['الأمر عاجل'], 'other', 'neutral')).toBe('urgent');
  });

  it('counts what is said now for more than what was said before', () => {
    expect(readIntent(['I want a refund', 'no, forget it: please cancel my contract']).intent).toBe('cancellation');
    expect(readIntent(['my parcel has not arrived', 'yes please']).said).toBe(0);
    expect(readIntent([]).intent).toBe('other');
  });

  it('is quick with long and hostile texts', () => {
    const start = performance.now();
    for (const text of ['ال'.repeat(5000), 'end my '.repeat(1400), '. '.repeat(5000), 'a'.repeat(10_000)]) {
      readIntent([text]);
      readSentiment([text]);
      readUrgency([text], 'other', 'neutral');
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
