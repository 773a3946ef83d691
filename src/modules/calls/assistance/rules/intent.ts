import { normalise } from '../text/normalise';
import { type Cue, cues, weigh } from './cues';

/** What a customer may want. */
export const INTENTS = [
  'billing',
  'payment',
  'refund',
  'cancellation',
  'quote',
  'claim',
  'outage',
  'delivery',
  'appointment',
  'account',
  'complaint',
  'callback',
  'other',
] as const;
export type Intent = (typeof INTENTS)[number];

/** What was understood, and how clearly. */
export interface IntentReading {
  intent: Intent;
  /** The weight of its cues. */
  score: number;
  /** How far ahead of the next intent it is, from 0 (level) to 1 (alone). */
  margin: number;
  /** Which of the texts said it most clearly. */
  said: number;
}

const CUES: Record<Exclude<Intent, 'other'>, Cue[]> = {
  billing: cues(
    '2:letter .. amount|amount stands for|what .. amount .. for|المبلغ هذا .. ليش',
    '2:bill|bills|invoice*|statement|فاتوره|فواتير|الفاتوره',
    'overcharged|charged .. twice|charged|meter reading|tariff|consumption|usage|service fee|line on',
    'استهلاك|قراءه العداد|تعرفه|بند|كشف الحساب|محسوب',
  ),
  payment: cues(
    '2:pay|paying|payment*|instal*|installment*|direct debit|bank transfer|declined|pay link',
    '2:ادفع|الدفع|دفعه|دفع|سداد|اسدد|تسديد|تقسيط|اقساط|قسط|تحويل بنكي|مرفوضه|سددت',
    'card|bank|بطاقه|البنك|فيزا|مدي|خصم مباشر',
  ),
  refund: cues(
    '3:sent .. back|money goes .. card|money goes .. account',
    '4:refund*|money back|reimburs*|repay me|paid back|استرداد|استرجاع المبلغ|رجعت .. فلوس|فلوسي|رجعوا .. فلوس|يرجع .. المبلغ|المبلغ المسترد',
    'returned|ارجعت|not in my account',
  ),
  cancellation: cues(
    '4:ما ابغاكم|ما ابيكم|قفلوا|leaving you|switch away|stay with you any',
    '4:cancel*|terminat*|cooling-off|unsubscribe|end my .. contract|end my .. agreement|end my .. subscription|end my .. policy|end the contract|leave .. contract|notice period',
    '4:الغاء|الغي|الغوا|فسخ|افسخ|انهاء العقد|انهي|اوقف .. الاشتراك|اوقف .. subscription|ايقاف الاشتراك',
    'contract|subscription|policy|اشتراك|عقد|change my mind',
  ),
  quote: cues(
    '2:worth it|my own electricity|thinking of getting|thinking about getting|يستاهل',
    '2:quote*|quotation|how much|price*|cost*|offer|offers|estimate for|عرض سعر|سعر|اسعار|كم يكلف|كم السعر|تكلفه|كم سعر|عرض|عروض',
    '1:solar|panels|battery|insurance|cover|buy|purchase|interested in|الواح|شمسيه|بطاريه|تامين|شراء|اشتري',
  ),
  claim: cues(
    '3:hail|storm|flood*|am i covered|are we covered|is it covered|leak|leaked|هل يغطي|يغطي التامين|عاصفه|سيول',
    '4:claim|claims|مطالبه|المطالبات',
    '3:accident|crash|drove into|hit my car|water damage|burglar*|stolen|theft|assessor|assessment|حادث|حوادث|سرقه|مسروق|صدم',
    'damaged|damage|insurance|report it|policy number|تامين|تضررت|ضرر|اضرار',
  ),
  outage: cues(
    '3:went black|went dark|no lights|no current|power went|electricity went|تيار|ما فيه كهرب|طفت الكهرب',
    '3:no power|power cut|power is out|power out|outage|blackout|no electricity|house is dark|inverter|breaker|offline|sparks|sparking|smoke|burning smell|smell .. burning|on fire|error code',
    '3:كهرباء مقطوعه|مقطوعه|انقطاع|الكهرباء|كهرباء|عاكس|انفرتر|inverter|شرار|دخان|حريق|متعطل|عطل|طافي|طافيه|ما يشتغل|لا يعمل|القاطع',
    '1:not working|does not work|stopped working|broke down|fault|display|restart*|meter|العداد|restart',
  ),
  delivery: cues(
    '2:driver says|the driver|left it with|not delivered|المندوب|السايق',
    '3:parcel|package|delivery|deliver*|shipment|shipping|courier|tracking|wrong item|not arrived|never arrived|order .. arrived|الطرد|طرد|شحنه|الشحن|توصيل|تتبع|tracking|لم يصل|ما وصل|وصلني',
    '2:wrong colour|wrong color|wrong size|replaced|replacement|exchange|crack*|arrived broken|ordered|استبدال|مكسور|غلط|تالف|متي يوصل|ارجعه|نستبدل',
    'order|item|الطلب|طلبي|طلب|قطعه|اللون',
  ),
  appointment: cues(
    '3:appointment*|reschedul*|book .. visit|book .. survey|visit .. engineer|technician|slot|never turned up|did not turn up|no-show|موعد|مواعيد|احجز|حجز|فني|الفني|زياره',
    '1:visit|visits|engineer|book|installation|تركيب|مهندس',
  ),
  account: cues(
    '3:surname|last name|got married|spelt wrong|name you have|اسمي المسجل|تعديل الاسم',
    '3:address|my email|my e-mail|phone number|change my name|my details|update .. my|moved house|copy of .. contract|contract copy|password|log in|login|العنوان|عنوان|رقم جوالي|جوالي|ايميلي|بياناتي|تحديث|احدث|نسخه .. العقد|كلمه المرور|المسجل',
    'update|on my file|moved|account|حسابي|النظام',
  ),
  complaint: cues(
    '3:put me through|somebody who decides|someone in charge|another story|different people|explained this|tells me something else',
    '4:complain*|complaint|formal complaint|supervisor|manager|rude|speak to .. manager|talk to .. manager|hung up|ombudsman',
    '4:شكوي|اشتكي|مدير|المدير|المسوول|مسيول|مشرف|اسلوبه|تعامل|تعاملكم|وقح|قفل الخط',
    '1:nobody helps|unprofessional|disrespect*|worst service|موظف|الموظف|اخلاق',
  ),
  callback: cues(
    "4:call me back|ring me back|call back|callback|call me .. later|call me .. tomorrow|ring me .. later|can't talk now|cannot talk now|not a good time|i'm driving",
    '4:تتصل علي|اتصل علي|اتصلوا علي|كلمني|كلموني|تكلمني|اتصل بي|اتصلوا بي|عاود الاتصال|معاوده الاتصال|في اجتماع|مشغول',
  ),
};

/** An earlier message says less about what is wanted now. */
const FADES = 0.75;
/** Thanks and greetings alone ask for nothing. */
const LEAST = 1.5;

/** What is wanted, from what a customer said, oldest first. */
export function readIntent(said: readonly string[]): IntentReading {
  const texts = said.map(normalise);
  const scores = Object.entries(CUES).map(([intent, list]) => {
    let score = 0;
    let best = { weight: 0, at: Math.max(0, texts.length - 1) };
    texts.forEach((text, at) => {
      const weight = weigh(text, list) * FADES ** (texts.length - 1 - at);
      score += weight;
      if (weight >= best.weight && weight > 0) best = { weight, at };
    });
    return { intent: intent as Intent, score, said: best.at };
  });
  scores.sort((a, b) => b.score - a.score);
  const [first, second] = scores as [(typeof scores)[0], (typeof scores)[0]];
  if (first.score < LEAST) return { intent: 'other', score: first.score, margin: 0, said: texts.length - 1 };
  return { ...first, margin: (first.score - second.score) / first.score };
}
