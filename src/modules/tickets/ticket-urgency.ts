const URGENT_WORDS = ['urgent', 'critical', 'emergency', 'عاجل', 'حرج', 'طوارئ'];

/** Marks that change how a word is drawn and not what it says: vowel signs, and the line that stretches a word. */
const MARKS = /\p{Mn}|\u0640/gu;

/** Whether a text calls itself urgent, in English or Arabic, within longer words too (urgently, العاجلة). */
export function saysUrgent(...texts: (string | null | undefined)[]): boolean {
  const text = texts
    .map((part) => part ?? '')
    .join('\n')
    .normalize('NFKC')
    .replace(MARKS, '')
    .toLowerCase();
  return URGENT_WORDS.some((word) => text.includes(word));
}
