import { DateTime } from 'luxon';
import { Invalid } from '../../../platform/errors';

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const BASE64_MD5 = /^[A-Za-z0-9+/]{22}==$/;
const HEX_MD5 = /^[0-9a-f]{32}$/i;

/** A period of time. */
export interface Span {
  start: Date;
  end: Date;
}

/** Reads `date_start` and `date_end`; times without an offset are in `zone`. Throws Invalid naming the field. */
export function readSpan(dateStart: string, dateEnd: string, zone: string): Span {
  const start = readTime('date_start', dateStart, zone);
  const end = readTime('date_end', dateEnd, zone);
  if (end < start)
    throw new Invalid('date_end must not be before date_start', { date_end: 'must not be before date_start' });
  return { start, end };
}

function readTime(field: string, text: string, zone: string): Date {
  const time = ISO.test(text) ? DateTime.fromISO(text, { zone }) : undefined;
  if (!time?.isValid)
    throw new Invalid(`${field} must be ISO 8601`, { [field]: 'must be ISO 8601 (YYYY-MM-DDTHH:mm:ss)' });
  return time.toJSDate();
}

/** A time as the gateway's document writes it: without an offset, in its own zone. */
export const gatewayTime = (time: Date, zone: string): string =>
  DateTime.fromJSDate(time, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");

/** The MD5 in base64; hex is converted. Throws Invalid naming the field. */
export function readHash(text: string): string {
  if (HEX_MD5.test(text)) return Buffer.from(text, 'hex').toString('base64');
  if (BASE64_MD5.test(text) && Buffer.from(text, 'base64').toString('base64') === text) return text;
  throw new Invalid('recording_hash must be an MD5', { recording_hash: 'must be an MD5 in base64 or hex' });
}

/** A file's name: no path, nothing invisible, at most 200 characters. Throws Invalid naming `field`. */
export function readFileName(field: string, text: string): string {
  const name = text.trim();
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (name === '' || name.length > 200 || /[/\\]|[\u0000-\u001f\u007f]/.test(name) || name === '.' || name === '..') {
    throw new Invalid(`${field} must be a file name`, {
      [field]: 'must be a file name of at most 200 characters, without a path',
    });
  }
  return name;
}
