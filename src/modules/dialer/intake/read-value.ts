import { DateTime } from 'luxon';

/** Stands in the place of a value that could not be read. */
export class Refused {
  constructor(readonly reason: string) {}
}

/** A template variable the dialer did not know and so left as it was. */
const UNFILLED = /--A--\w{1,60}--B--/g;
/** How the dialer says that it does not know a date. */
const UNKNOWN_DATE = /^0000-00-00( 00:?00:?00)?$/;
const MAX_AMOUNT = 9_999_999_999.99;
const YES = new Set(['true', '1', 'yes', 'y', 'on']);
const NO = new Set(['false', '0', 'no', 'n', 'off']);

/** Length in characters as people count them nearly: a surrogate pair is one. */
const lengthOf = (text: string): number => text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);

/**
 * The text in what was sent; undefined when it counts as absent: null, nothing but space, unfilled template variables.
 * A name given twice with the same value is that value.
 */
export function readText(sent: unknown, max: number): string | undefined | Refused {
  if (sent === undefined || sent === null) return undefined;
  if (Array.isArray(sent)) {
    return sent.length > 0 && sent.every((value) => typeof value === 'string' && value === sent[0])
      ? readText(sent[0], max)
      : new Refused('must be given once');
  }
  if (typeof sent === 'object') return new Refused('must be a text');
  let text = String(sent);
  if (text.includes('--A--')) text = text.replace(UNFILLED, '');
  if (text.length > max && lengthOf(text.trim()) > max) return new Refused(`must be at most ${max} characters`);
  if (text.includes('\0')) return new Refused('must not contain a NUL character');
  text = text.toWellFormed().trim();
  return text === '' || UNKNOWN_DATE.test(text) ? undefined : text;
}

/** A telephone number's text: like any other, but one leading space stays, because it may have been a `+`. */
export function readPhoneText(sent: unknown, max: number): string | undefined | Refused {
  const text = readText(sent, max);
  const first = Array.isArray(sent) ? (sent[0] as unknown) : sent;
  return typeof text === 'string' && typeof first === 'string' && first.startsWith(' ') ? ` ${text}` : text;
}

/** A boolean as people and programs write it. */
export function readYesNo(sent: unknown): boolean | undefined | Refused {
  const text = readText(sent, 100);
  if (typeof text !== 'string') return text;
  const word = text.toLowerCase();
  if (YES.has(word)) return true;
  if (NO.has(word)) return false;
  return new Refused('must be true or false (also 1, 0, yes, no)');
}

/** Whether there is a day and night rate. */
export function readYesNoUnsure(sent: unknown): string | undefined | Refused {
  if (typeof sent === 'string' && sent.trim().toLowerCase() === 'unsure') return 'unsure';
  const answer = readYesNo(sent);
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no';
  return answer instanceof Refused ? new Refused('must be yes, no or unsure') : answer;
}

/** An amount, rounded to two decimals: what JavaScript made of 0.1 + 0.2 is no mistake of the dialer's. */
export function readMoney(sent: unknown): number | undefined | Refused {
  const refused = new Refused('must be an amount such as 120.50');
  if (typeof sent === 'boolean') return refused;
  const text = typeof sent === 'number' ? sent : readText(sent, 100);
  if (text === undefined || text instanceof Refused) return text;
  if (typeof text === 'string' && !/^\d{1,15}(\.\d{1,20})?$/.test(text)) return refused;
  const amount = Number(Number(text).toFixed(2));
  if (!Number.isFinite(amount) || amount < 0) return refused;
  return amount <= MAX_AMOUNT ? amount : new Refused(`must be at most ${MAX_AMOUNT}`);
}

/** A day that does not exist comes back as another one. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** A real day of the calendar. */
export function readDate(sent: unknown): string | undefined | Refused {
  const text = readText(sent, 100);
  if (typeof text !== 'string') return text;
  return isDay(text) ? text : new Refused('must be a date, YYYY-MM-DD');
}

/**
 * A moment as the dialer writes it, in `zone`: `2025-07-11 10:11:12`, or `2025-07-11 101112` after its URL writer has
 * taken the colons out. Undefined for anything else.
 */
export function readMoment(text: string | undefined, zone: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[ T+](\d{2}):?(\d{2}):?(\d{2})?$/.exec(text ?? '');
  if (!match) return undefined;
  const moment = DateTime.fromISO(`${match[1]}T${match[2]}:${match[3]}:${match[4] ?? '00'}`, { zone });
  return moment.isValid && moment.year > 1970 && moment.year < 2200 ? moment.toJSDate() : undefined;
}

/** Seconds since 1970, as the dialer's `epoch`. */
export function readEpoch(text: string | undefined): Date | undefined {
  return text !== undefined && /^\d{9,10}$/.test(text) ? new Date(Number(text) * 1000) : undefined;
}
