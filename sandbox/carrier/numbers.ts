/** What becomes of a number that is dialled. */
export interface Script {
  /** Milliseconds until it rings; undefined: it never does. */
  rings?: number;
  /** Milliseconds of ringing until it is answered; undefined: it is not. */
  answers?: number;
  /** Milliseconds of talk until the other side hangs up; undefined: it waits for us to. */
  hangsUp?: number;
  /** How it ends unanswered. */
  ends?: 'busy' | 'no-answer' | 'failed';
  answeredBy?: 'human' | 'machine_start';
  /** What happens to the request itself. */
  request?: 'refused' | 'answer lost' | 'lost';
}

const SCRIPTS: Readonly<Record<string, Script>> = {
  '01': { ends: 'busy' },
  '02': { rings: 200, ends: 'no-answer' },
  '03': { ends: 'failed' },
  '04': { rings: 200, answers: 500, hangsUp: 1500 },
  '05': { request: 'refused' },
  '06': { rings: 200, answers: 500, request: 'answer lost' },
  '07': { request: 'lost' },
  '08': { rings: 200, answers: 1000, hangsUp: 6000, answeredBy: 'machine_start' },
  '09': { rings: 200 },
};

/** What happens, by the last two digits dialled; a client (a browser telephone) is picked up at once. */
export function scriptOf(to: string): Script {
  if (to.startsWith('client:')) return { rings: 100, answers: 300 };
  const ending = to.replace(/\D/g, '').slice(-2);
  if (Object.hasOwn(SCRIPTS, ending)) return SCRIPTS[ending] ?? {};
  // 10 to 19: answered after so many seconds
  if (/^1\d$/.test(ending)) return { rings: 200, answers: Number(ending[1]) * 1000 };
  return { rings: 300, answers: 1000, hangsUp: 600_000 };
}

/** What the people in the sandbox say to each other, again and again. */
export const DIALOGUE: readonly [track: 'inbound_track' | 'outbound_track', text: string, language: string][] = [
  ['outbound_track', 'Good morning, how can I help you?', 'en-GB'],
  ['inbound_track', 'Hello, I have a problem with my last invoice.', 'en-GB'],
  ['outbound_track', 'I am sorry to hear that. May I have your name?', 'en-GB'],
  ['inbound_track', 'اسمي أحمد، والفاتورة فيها خطأ.', 'ar-SA'],
  ['outbound_track', 'Thank you, I will look at it at once.', 'en-GB'],
];
