import { normalise } from '../text/normalise';
import { cues, weigh } from './cues';

export const SENTIMENTS = ['negative', 'neutral', 'positive'] as const;
export type Sentiment = (typeof SENTIMENTS)[number];

const NEGATIVE = cues(
  '3:unacceptable|furious|terrible|awful|worst|disgusting|rude|fed up|had enough|ridiculous|appalling|useless|scam|lied|liar*',
  '2:not happy|unhappy|upset|angry|disappoint*|frustrat*|annoy*|sick of|tired of|complaint|poor service|bad service|no sense|nobody helps|nobody tells|without an answer|still not|still waiting|never turned up|did not turn up|hung up|never arrived|not arrived|has not moved|nothing has|promised|worried|please hurry|far too high|is wrong|not fair|unfair|emergency',
  '1:problem|issue|wrong|broken|damage*|crack*|declined|failed|fails|late|delay*|waiting|smoke|burning|sparks|no power|is dark|dark since|accident|drove into|not working|nobody|none of them|went black|went dark|what am i supposed|explained this|another story|stolen|lost',
  '3:سيء|سيئه|اسوا|ظلم|نصب|غير مقبول|مو معقول|زهقت|تعبت|زفت|فاشل*|وقح|قرفت|طفشت|مليت|حسبي الله|ما عاد ابي|ما ابغاكم|ما ابيكم|بيموتون',
  '2:زعلان|غاضب|معصب|مو راضي|غير راضي|شكوي|اشتكي|ولا احد|ما احد|محد|ما .. للحين|لين الحين ما|ما وصل|لم يصل|وما جا|ما جا|صار لي شهر|اتصلت .. مرات|خامس مره|ثالث مره|كل مره|ضعف|زايد|مرتفعه جدا|معلقه|تضررت|مقطوعه|حريق|شرار|دخان|متعطل|طافي|طافيه|مرفوضه',
  '1:مشكله|غلط|خطا|مكسور|تالف|تاخر|متاخر|انتظر|عاليه|مرتفعه|حادث|بيخرب|ما نفع|ما يتحدث|ما يشتغل|ارجعه',
);
const POSITIVE = cues(
  '3:thank you so much|excellent|fantastic|perfect*|lovely|brilliant|amazing|very helpful|great service|wonderful',
  '2:love|loves|great|happy with|pleased|well done|appreciate|delighted|sorted|works perfectly',
  '1:thanks|thank you|good|nice|kind',
  '3:ممتاز|ممتازه|رائع|رائعه|شكرا جزيلا|يعطيكم العافيه|يعطيك العافيه|الله يسعد*|ما شاء الله|مبدعين|متحمس|عجبني|عجبتني',
  '2:شكرا|مشكور*|مبسوط|سعيد|انحلت',
);
/** Courtesy at the beginning and a kind word that is denied say nothing. */
const DENIED =
  /(?:\bnot|\bnever|\bno longer|n't|\bhardly|مو|مب|ليس|غير|ما كان|لست)\s+(?:very |really |so |at all |that )?(?:good|great|happy|pleased|satisfied|nice|helpful|راضي|سعيد|ممتاز|ممتازه|مبسوط|عاجبني)/gu;

/** How a customer feels, from what he said, oldest first; the newest counts most. */
export function readSentiment(said: readonly string[]): Sentiment {
  let balance = 0;
  said.map(normalise).forEach((text, at) => {
    const fades = 0.8 ** (said.length - 1 - at);
    const denied = text.match(DENIED)?.length ?? 0;
    const plain = text.replace(DENIED, ' ');
    balance += fades * (weigh(plain, POSITIVE) - weigh(plain, NEGATIVE) - 2 * denied);
  });
  if (balance <= -1) return 'negative';
  return balance >= 2 ? 'positive' : 'neutral';
}
