/** Languages that callers are greeted in. */
export type VoiceLanguage = 'ar' | 'en';

/** The voice that reads a language out, and in which it is listened to. */
export const VOICES: Readonly<Record<VoiceLanguage, { say: 'ar-AE' | 'en-GB'; listen: 'ar-SA' | 'en-GB' }>> = {
  ar: { say: 'ar-AE', listen: 'ar-SA' },
  en: { say: 'en-GB', listen: 'en-GB' },
};

const DEPARTMENTS: Readonly<Record<string, Record<VoiceLanguage, string>>> = {
  reception: { ar: 'الاستقبال', en: 'reception' },
  sales: { ar: 'المبيعات', en: 'sales' },
  complaints: { ar: 'الشكاوى', en: 'complaints' },
};

/** A department as it is called in a language. */
export const departmentName = (name: string, language: VoiceLanguage): string =>
  Object.hasOwn(DEPARTMENTS, name) ? (DEPARTMENTS[name]?.[language] ?? name) : name;

const menu: Record<VoiceLanguage, (departments: string[]) => string> = {
  ar: (names) => names.map((name, n) => `لـ${name} اضغط ${n + 1}.`).join(' ') + ' أو قل ما تحتاج إليه.',
  en: (names) => names.map((name, n) => `For ${name}, press ${n + 1}.`).join(' ') + ' Or say what you need.',
};

/** Everything that is said to a caller. */
export const PROMPTS = {
  welcome: { ar: 'أهلاً وسهلاً بكم في مركز الاتصال.', en: 'Welcome to our call centre.' },
  otherLanguage: { ar: 'For English, press 9.', en: 'للغة العربية اضغط 9.' },
  menu,
  notUnderstood: { ar: 'عذراً، لم أفهم.', en: 'Sorry, I did not get that.' },
  connecting: { ar: 'سيتم تحويلك الآن.', en: 'You are being put through.' },
  position: {
    ar: (place: number): string => `رقمك في الانتظار ${place}. اضغط 1 لنعاود الاتصال بك.`,
    en: (place: number): string => `You are number ${place} in the queue. Press 1 to be called back.`,
  },
  soon: { ar: 'سيرد عليك موظف بعد قليل.', en: 'Somebody will be with you in a moment.' },
  callback: { ar: 'سنعاود الاتصال بك. مع السلامة.', en: 'We will call you back. Goodbye.' },
  voicemail: {
    ar: 'لا يمكننا الرد الآن. اترك رسالتك بعد الصافرة.',
    en: 'We cannot answer at present. Please leave a message after the tone.',
  },
  thanks: { ar: 'شكراً لك. مع السلامة.', en: 'Thank you. Goodbye.' },
  fromTheDesk: { ar: 'ابدأ المكالمة من شاشتك.', en: 'Please start the call from your screen.' },
} as const;

/** Countries whose callers are greeted in Arabic, by calling code. */
const ARABIC_CODES = ['20 212 213 216 218 222 249 252 253 269 961 962 963 964 965 966 967 968 970 971 973 974'].flatMap(
  (codes) => codes.split(' '),
);

/** The language a caller is greeted in: by his country; Arabic where his number tells nothing. */
export function greetingLanguage(e164: string | null): VoiceLanguage {
  if (!e164) return 'ar';
  return ARABIC_CODES.some((code) => e164.startsWith(`+${code}`)) ? 'ar' : 'en';
}
