import { DateTime } from 'luxon';
import { Invalid } from '../../platform/errors';

/** A time as callers write it; without an offset it is read in `zone`. Throws Invalid naming the field. */
export function momentOf(field: string, text: string, zone: string, dayEnds = false): Date {
  const moment = DateTime.fromISO(text, { zone });
  if (!moment.isValid || moment.year < 1900 || moment.year > 2200) {
    throw new Invalid(`${field} must be a time between 1900 and 2200`, {
      [field]: 'must be a time between 1900 and 2200',
    });
  }
  // A day alone, as the end of a range, means the whole day
  return (dayEnds && /^\d{4}-\d{2}-\d{2}$/.test(text) ? moment.plus({ days: 1 }) : moment).toJSDate();
}
