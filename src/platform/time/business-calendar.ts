import { DateTime, IANAZone } from 'luxon';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const RULE = /^([a-z]{3})(?:-([a-z]{3}))? ([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/i;
const DAY_MINUTES = 24 * 60;

/** Minutes after midnight, local time. */
interface Opening {
  from: number;
  to: number;
}

/** A stretch of real time, in milliseconds since the epoch. */
interface Stretch {
  from: number;
  to: number;
}

/**
 * Opening hours of a week in a time zone, without holidays: tells how much working time lies between two moments, and
 * when an amount of it will have passed. Local clocks that jump (summer time) are followed: a day may have an hour less.
 */
export class BusinessCalendar {
  private readonly week: readonly Opening[][];
  private readonly holidays: ReadonlySet<string>;

  /**
   * `rules` such as `Mon-Fri 09:00-18:00` (a range may pass the weekend: `Sat-Thu`), `holidays` as `2026-12-25`.
   * Throws when one cannot be read, when openings overlap, or when the week has none.
   */
  constructor(
    private readonly zone: string,
    rules: readonly string[],
    holidays: readonly string[] = [],
  ) {
    if (!IANAZone.isValidZone(zone)) throw new Error('must be read in an IANA time zone');
    this.week = weekOf(rules);
    for (const day of holidays) {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !DateTime.fromISO(day).isValid) {
        throw new Error('holidays must be dates such as 2026-12-25');
      }
    }
    this.holidays = new Set(holidays);
  }

  /** Whether this moment is within opening hours. */
  isOpen(at: Date): boolean {
    const moment = at.getTime();
    return this.stretches(this.dayOf(moment)).some(({ from, to }) => from <= moment && moment < to);
  }

  /** The moment at which `ms` of working time will have passed since `start`. */
  add(start: Date, ms: number): Date {
    if (ms <= 0) return start;
    let left = ms;
    for (let day = this.dayOf(start.getTime()); ; day = day.plus({ days: 1 })) {
      for (const stretch of this.stretches(day)) {
        const from = Math.max(stretch.from, start.getTime());
        if (stretch.to <= from) continue;
        if (stretch.to - from >= left) return new Date(from + left);
        left -= stretch.to - from;
      }
    }
  }

  /** How many milliseconds of working time lie between the two moments; 0 when they are the wrong way round. */
  between(start: Date, end: Date): number {
    const [first, last] = [start.getTime(), end.getTime()];
    let total = 0;
    for (let day = this.dayOf(first); day.toMillis() < last; day = day.plus({ days: 1 })) {
      for (const { from, to } of this.stretches(day)) total += Math.max(0, Math.min(to, last) - Math.max(from, first));
    }
    return total;
  }

  private dayOf(moment: number): DateTime {
    return DateTime.fromMillis(moment, { zone: this.zone }).startOf('day');
  }

  private stretches(day: DateTime): Stretch[] {
    if (this.holidays.has(day.toISODate() ?? '')) return [];
    return (this.week[day.weekday - 1] ?? []).map(({ from, to }) => ({
      from: this.moment(day, from),
      to: this.moment(day, to),
    }));
  }

  /** The moment at which the clock on the wall shows this minute of the day; one that is skipped is the next there is. */
  private moment(day: DateTime, minute: number): number {
    const date = minute === DAY_MINUTES ? day.plus({ days: 1 }).startOf('day') : day;
    const clock = minute % DAY_MINUTES;
    return clock === 0 ? date.toMillis() : date.set({ hour: Math.floor(clock / 60), minute: clock % 60 }).toMillis();
  }
}

function weekOf(rules: readonly string[]): Opening[][] {
  const week: Opening[][] = DAYS.map(() => []);
  for (const rule of rules) {
    const match = RULE.exec(rule.trim());
    const first = DAYS.indexOf((match?.[1] ?? '').toLowerCase());
    const last = match?.[2] === undefined ? first : DAYS.indexOf(match[2].toLowerCase());
    const from = Number(match?.[3]) * 60 + Number(match?.[4]);
    const to = Number(match?.[5]) * 60 + Number(match?.[6]);
    if (first < 0 || last < 0 || !(from < to) || to > DAY_MINUTES) {
      throw new Error('opening hours must be written as Mon-Fri 09:00-18:00');
    }
    for (let day = first; ; day = (day + 1) % 7) {
      week[day]?.push({ from, to });
      if (day === last) break;
    }
  }
  if (week.every((openings) => openings.length === 0)) throw new Error('a week needs opening hours');
  for (const openings of week) {
    openings.sort((a, b) => a.from - b.from);
    if (openings.some((opening, i) => opening.from < (openings[i - 1]?.to ?? 0))) {
      throw new Error('opening hours must not overlap');
    }
  }
  return week;
}
