import { normalise } from '../text/normalise';
import { cues, weigh } from './cues';
import type { Intent } from './intent';
import type { Sentiment } from './sentiment';

export const URGENCIES = ['low', 'medium', 'high', 'urgent'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Somebody may come to harm, or says that it cannot wait. */
const DANGER = cues(
  'smoke|sparks|sparking|burning smell|smell .. burning|on fire|gas leak|smell gas|electric shock|oxygen|life support|medical equipment|dialysis',
  'دخان|شرار|حريق|ريحه حريق|تسريب غاز|ريحه غاز|صعق|اكسجين|جهاز طبي',
);
const SAYS_URGENT = cues(
  'urgent|urgently|emergency|critical|asap|immediately|right now|at once',
  'عاجل|عاجله|طوارئ|حرج|حرجه|ضروري جدا|حالا|فورا',
);
const NO_HURRY = cues(
  'no hurry|no rush|not urgent|when you can|whenever|take your time|just wanted to know|only wanted to know',
  'مو مستعجل|مش مستعجل|غير مستعجل|براحتكم|علي راحتكم|متي ما قدرتوا|مو ضروري',
);
const PRESSING = cues(
  'today|tonight|tomorrow|last night|this morning|cut me off|deadline|third time|second time|again and again|for weeks|for months|spoil*|day off',
  'اليوم|الليله|البارح|من امس|من الصبح|منذ الصباح|خامس مره|ثالث مره|رابع مره|ثلاث مرات|بيخرب|صار لي شهر|من شهرين|بتقطعون|قطع الخدمه',
);
/** Asked for by people who are in no hurry. */
const CALM: ReadonlySet<Intent> = new Set(['quote', 'account', 'callback', 'other']);
const ASKS = cues(
  'how much|how long|can i|could you|would like|please send|is there|what is|what does|send me',
  'كيف اقدر|هل|ممكن|حاب|ابغي نسخه|ابي احجز|كم',
);

/** How soon it must be seen to, from what a customer said, what he wants and how he feels. */
export function readUrgency(said: readonly string[], intent: Intent, sentiment: Sentiment): Urgency {
  const text = said.map(normalise).join('\n');
  if (weigh(text, DANGER) > 0) return 'urgent';
  const calm = weigh(text, NO_HURRY) > 0;
  if (!calm && weigh(text, SAYS_URGENT) > 0) return 'urgent';
  if (calm) return sentiment === 'negative' ? 'medium' : 'low';
  const pressing = weigh(text, PRESSING) > 0;
  if (sentiment === 'negative') {
    if (intent === 'outage' || intent === 'complaint') return 'high';
    return pressing ? 'high' : 'medium';
  }
  if (sentiment === 'positive' || CALM.has(intent)) return 'low';
  if (intent === 'outage' || intent === 'claim' || intent === 'cancellation') return 'medium';
  return weigh(text, ASKS) > 0 && !pressing ? 'low' : 'medium';
}
