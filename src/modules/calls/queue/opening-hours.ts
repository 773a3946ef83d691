import { DateTime } from 'luxon';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** From and to on one day, `HH:MM`; `24:00` is midnight at its end. */
export type OpenRange = [from: string, to: string];

/** When a department answers. A weekday left out is closed; a holiday (`YYYY-MM-DD`) is closed whatever the weekday. */
export interface OpeningHours {
  zone: string;
  /** null: always open. */
  week: Partial<Record<Weekday, OpenRange[]>> | null;
  holidays: string[];
}

const minutes = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
};

const rangesOf = (hours: OpeningHours, day: DateTime): OpenRange[] => {
  if (hours.holidays.includes(day.toISODate() ?? '')) return [];
  const weekday = WEEKDAYS[day.weekday - 1];
  return (weekday && hours.week?.[weekday]) || [];
};

/** Whether the department answers at this moment, by the wall clock of its zone (daylight saving included). */
export function isOpen(hours: OpeningHours, at: Date): boolean {
  const local = DateTime.fromJSDate(at, { zone: hours.zone });
  if (hours.holidays.includes(local.toISODate() ?? '')) return false;
  if (!hours.week) return true;
  const now = local.hour * 60 + local.minute;
  return rangesOf(hours, local).some(([from, to]) => minutes(from) <= now && now < minutes(to));
}

/** When the department next answers: now if it is open, undefined if it does not within a year. */
export function nextOpening(hours: OpeningHours, at: Date): Date | undefined {
  if (isOpen(hours, at)) return at;
  const local = DateTime.fromJSDate(at, { zone: hours.zone });
  for (let ahead = 0; ahead <= 366; ahead += 1) {
    const day = local.startOf('day').plus({ days: ahead });
    if (!hours.week) {
      if (!hours.holidays.includes(day.toISODate() ?? '') && day > local) return day.toJSDate();
      continue;
    }
    const starts = rangesOf(hours, day)
      .map(([from]) => minutes(from))
      .map((start) => day.set({ hour: Math.floor(start / 60), minute: start % 60 }))
      .filter((start) => start > local)
      .sort((a, b) => a.toMillis() - b.toMillis());
    if (starts[0]) return starts[0].toJSDate();
  }
  return undefined;
}

/** What is wrong with hours that somebody sent; undefined when they are good. */
export function hoursProblem(week: unknown): string | undefined {
  if (week === null) return undefined;
  if (typeof week !== 'object' || Array.isArray(week)) return 'must be an object of weekdays, or null for always open';
  for (const [day, ranges] of Object.entries(week as Record<string, unknown>)) {
    if (!(WEEKDAYS as readonly string[]).includes(day)) return `has no weekday ${WEEKDAYS.join(', ')}`;
    if (!Array.isArray(ranges) || ranges.length > 10) return `${day} must be a list of at most 10 [from, to]`;
    for (const range of ranges as unknown[]) {
      const [from, to] = Array.isArray(range) ? (range as unknown[]) : [];
      const good = (time: unknown): time is string =>
        typeof time === 'string' && (/^([01]\d|2[0-3]):[0-5]\d$/.test(time) || time === '24:00');
      if (!good(from) || !good(to) || minutes(from) >= minutes(to))
        return `${day} must hold [from, to] as HH:MM, from before to`;
    }
  }
  return undefined;
}
