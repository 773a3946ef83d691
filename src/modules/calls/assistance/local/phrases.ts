import type { Intent } from '../rules/intent';
import type { Sentiment } from '../rules/sentiment';
import type { Urgency } from '../rules/urgency';
import type { Language } from '../text/normalise';

type Both<T> = Record<Language, T>;

/** How to begin, by how the customer feels. */
const OPENINGS: Record<Sentiment, Both<string>> = {
  negative: {
    en: 'Apologise for the trouble and say that you will take care of it.',
    ar: 'اعتذر للعميل عن الإزعاج وقل له إنك ستتابع الأمر بنفسك.',
  },
  neutral: { en: '', ar: '' },
  positive: { en: 'Thank the customer for the kind words.', ar: 'اشكر العميل على كلامه الطيب.' },
};

const SAFETY: Both<string> = {
  en: 'Somebody may be in danger: make sure first that everybody is safe.',
  ar: 'قد يكون هناك خطر على أحد: تأكد أولا من سلامة الجميع.',
};

/** What to ask or do when nothing that is known answers, by what is wanted; and the steps that fit in any case. */
const STEPS: Record<Intent, Both<{ ask: string; actions: [string, string, string] }>> = {
  billing: {
    en: {
      ask: 'Ask which bill it is about and go through its lines together.',
      actions: ['Open the last bills', 'Compare the meter reading', 'Offer a corrected bill if it is wrong'],
    },
    ar: {
      ask: 'اسأل عن الفاتورة المقصودة وراجع بنودها مع العميل.',
      actions: ['افتح الفواتير الأخيرة', 'قارن قراءة العداد', 'اعرض فاتورة مصححة إن كانت خاطئة'],
    },
  },
  payment: {
    en: {
      ask: 'Ask how the customer would like to pay and what went wrong.',
      actions: ['Check the open amount', 'Send a payment link', 'Offer instalments'],
    },
    ar: {
      ask: 'اسأل العميل كيف يفضل الدفع وما الذي لم ينجح.',
      actions: ['تحقق من المبلغ المستحق', 'أرسل رابط سداد', 'اعرض التقسيط'],
    },
  },
  refund: {
    en: {
      ask: 'Ask for the order number and the date of the return.',
      actions: ['Look up the return', 'Check whether the refund was released', 'Open a ticket for the finance team'],
    },
    ar: {
      ask: 'اطلب رقم الطلب وتاريخ الإرجاع.',
      actions: ['ابحث عن الإرجاع', 'تحقق من صرف المبلغ', 'افتح تذكرة للمالية'],
    },
  },
  cancellation: {
    en: {
      ask: 'Ask why the customer wants to leave before anything is entered.',
      actions: ['Check the term of the contract', 'Ask for the reason', 'Confirm the end date in writing'],
    },
    ar: {
      ask: 'اسأل عن سبب الإلغاء قبل تسجيل أي شيء.',
      actions: ['تحقق من مدة العقد', 'اسأل عن السبب', 'أكد تاريخ الانتهاء كتابيا'],
    },
  },
  quote: {
    en: {
      ask: 'Ask what is needed for an offer and where to send it.',
      actions: ['Take the details for an offer', 'Send the offer in writing', 'Agree on a date to speak again'],
    },
    ar: {
      ask: 'اسأل عن المطلوب لإعداد العرض وإلى أين يرسل.',
      actions: ['خذ بيانات العرض', 'أرسل العرض مكتوبا', 'حدد موعدا للاتصال التالي'],
    },
  },
  claim: {
    en: {
      ask: 'Ask for the policy or claim number and what happened.',
      actions: ['Ask whether anybody is hurt', 'Look up or open the claim', 'Say which documents are needed'],
    },
    ar: {
      ask: 'اطلب رقم الوثيقة أو المطالبة واسأل عما حدث.',
      actions: ['اسأل هل هناك مصاب', 'ابحث عن المطالبة أو افتحها', 'أخبره بالمستندات المطلوبة'],
    },
  },
  outage: {
    en: {
      ask: 'Ask since when it is off and what the display shows.',
      actions: ['Check for a known power cut', 'Go through the restart together', 'Book an engineer'],
    },
    ar: {
      ask: 'اسأل منذ متى العطل وماذا يظهر على الشاشة.',
      actions: ['تحقق من انقطاع عام', 'جرب إعادة التشغيل مع العميل', 'احجز فنيا'],
    },
  },
  delivery: {
    en: {
      ask: 'Ask for the order number and check where the parcel is.',
      actions: ['Check the tracking', 'Open a search with the carrier', 'Offer to send it again or pay it back'],
    },
    ar: {
      ask: 'اطلب رقم الطلب وتحقق من مكان الشحنة.',
      actions: ['تحقق من التتبع', 'افتح بحثا لدى شركة الشحن', 'اعرض إعادة الإرسال أو رد المبلغ'],
    },
  },
  appointment: {
    en: {
      ask: 'Ask which day and time suit the customer.',
      actions: ['Open the calendar of visits', 'Offer the next free slot', 'Confirm the visit by message'],
    },
    ar: {
      ask: 'اسأل عن اليوم والوقت المناسبين.',
      actions: ['افتح جدول الزيارات', 'اعرض أقرب موعد متاح', 'أكد الموعد برسالة'],
    },
  },
  account: {
    en: {
      ask: 'Confirm who is calling before anything is changed.',
      actions: ['Confirm the identity', 'Change the details on file', 'Read them back to the customer'],
    },
    ar: {
      ask: 'تأكد من هوية المتصل قبل أي تغيير.',
      actions: ['تأكد من الهوية', 'حدث البيانات المسجلة', 'اقرأها على العميل للتأكيد'],
    },
  },
  complaint: {
    en: {
      ask: 'Let the customer finish and repeat the complaint in your words.',
      actions: ['Open a complaint ticket', 'Note names and dates', 'Offer a supervisor'],
    },
    ar: {
      ask: 'دع العميل يكمل كلامه وأعد الشكوى بكلماتك.',
      actions: ['افتح تذكرة شكوى', 'سجل الأسماء والتواريخ', 'اعرض التحويل إلى المشرف'],
    },
  },
  callback: {
    en: {
      ask: 'Agree on a time and promise the call.',
      actions: ['Book a callback', 'Confirm the number', 'Note what it is about'],
    },
    ar: {
      ask: 'اتفق على وقت مناسب وعد العميل بالاتصال.',
      actions: ['احجز معاودة اتصال', 'تأكد من الرقم', 'سجل موضوع المكالمة'],
    },
  },
  other: {
    en: {
      ask: 'Ask what you can do for the customer.',
      actions: ['Ask an open question', 'Repeat what you understood', 'Search the knowledge base'],
    },
    ar: {
      ask: 'اسأل العميل كيف يمكنك مساعدته.',
      actions: ['اسأل سؤالا مفتوحا', 'أعد ما فهمته', 'ابحث في قاعدة المعرفة'],
    },
  },
};

const RAISE: Record<'high' | 'urgent', Both<string>> = {
  high: { en: 'Set the priority to high', ar: 'ارفع الأولوية إلى عالية' },
  urgent: { en: 'Set the priority to urgent and call the supervisor', ar: 'ارفع الأولوية إلى عاجلة وأبلغ المشرف' },
};

/** The words that begin a suggestion; may be empty. */
export const opening = (sentiment: Sentiment, urgency: Urgency, language: Language): string =>
  (urgency === 'urgent' ? SAFETY : OPENINGS[sentiment])[language];

/** What to ask when nothing that is known answers. */
export const question = (intent: Intent, language: Language): string => STEPS[intent][language].ask;

/** What to do next, most pressing first. */
export const nextSteps = (intent: Intent, urgency: Urgency, language: Language): string[] => [
  ...(urgency === 'high' || urgency === 'urgent' ? [RAISE[urgency][language]] : []),
  ...STEPS[intent][language].actions,
];

/** Names the source of the sentences that follow. */
export const fromArticle = (title: string, id: string, language: Language): string =>
  language === 'ar' ? `من المقال «${title}» (${id}):` : `From the article "${title}" (${id}):`;

export const fromTicket = (title: string, id: string, language: Language): string =>
  language === 'ar' ? `هكذا حُلت التذكرة «${title}» (${id}):` : `This is how ticket "${title}" (${id}) was resolved:`;

export const saidEarlier = (words: string, language: Language): string =>
  language === 'ar' ? `قال العميل سابقا: «${words}».` : `The customer said earlier: "${words}".`;
