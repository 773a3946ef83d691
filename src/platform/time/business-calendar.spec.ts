import fc from '../../../test/support/properties';
import { BusinessCalendar } from './business-calendar';

const HOUR = 3_600_000;
const at = (iso: string): Date => new Date(iso);
const zones = ['UTC', 'Europe/London', 'America/New_York', 'Africa/Johannesburg', 'Australia/Lord_Howe', 'Asia/Riyadh'];
const hours = [
  ['Sat-Thu 09:00-18:00'],
  ['Mon-Fri 08:30-12:00', 'Mon-Fri 13:00-17:30', 'Sat 09:00-12:00'],
  ['Mon-Sun 00:00-24:00'],
  ['Mon-Sun 01:30-02:30'],
];
const calendar = fc
  .tuple(fc.constantFrom(...zones), fc.constantFrom(...hours), fc.constantFrom([], ['2026-03-29', '2026-12-25']))
  .map(([zone, rules, holidays]) => new BusinessCalendar(zone, rules, holidays));
const moment = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z'), noInvalidDate: true });
const amount = fc.integer({ min: 0, max: 40 * HOUR });

describe('a business calendar', () => {
  const office = new BusinessCalendar('Europe/London', ['Mon-Fri 09:00-17:00'], ['2026-12-25']);

  it('passes nights, weekends and holidays by', () => {
    expect(office.add(at('2026-01-09T16:00:00Z'), 2 * HOUR)).toEqual(at('2026-01-12T10:00:00Z'));
    expect(office.add(at('2026-12-24T16:30:00Z'), HOUR)).toEqual(at('2026-12-28T09:30:00Z'));
    expect(office.between(at('2026-12-24T16:30:00Z'), at('2026-12-28T09:30:00Z'))).toBe(HOUR);
    expect(office.isOpen(at('2026-12-25T12:00:00Z'))).toBe(false);
    expect(office.isOpen(at('2026-12-24T12:00:00Z'))).toBe(true);
  });

  it('follows the clocks: 09:00 in London is 08:00 UTC in summer', () => {
    expect(office.add(at('2026-03-27T16:30:00Z'), HOUR)).toEqual(at('2026-03-30T08:30:00Z'));
  });

  it('has an hour less on the day the clocks go forward, and one more when they go back', () => {
    const always = new BusinessCalendar('Europe/London', ['Mon-Sun 00:00-24:00']);
    expect(always.between(at('2026-03-29T00:00:00Z'), at('2026-03-29T23:00:00Z'))).toBe(23 * HOUR);
    const night = new BusinessCalendar('Europe/London', ['Sun 00:00-06:00']);
    expect(night.between(at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'))).toBe(5 * HOUR);
    expect(night.between(at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'))).toBe(7 * HOUR);
  });

  it('reads a range that passes the end of the week', () => {
    const gulf = new BusinessCalendar('Asia/Riyadh', ['Sat-Thu 09:00-18:00']);
    expect(gulf.isOpen(at('2026-01-02T09:00:00Z'))).toBe(false);
    expect(gulf.isOpen(at('2026-01-03T09:00:00Z'))).toBe(true);
  });

  it.each([[['Mon-Fri']], [['Foo 09:00-10:00']], [['Mon 10:00-09:00']], [['Mon 09:00-24:30']], [[]]])(
    'refuses %j',
    (rules) => expect(() => new BusinessCalendar('UTC', rules)).toThrow(/opening hours/),
  );

  it('refuses overlaps and holidays that are no dates', () => {
    expect(() => new BusinessCalendar('UTC', ['Mon 09:00-12:00', 'Mon 11:00-13:00'])).toThrow(/overlap/);
    expect(() => new BusinessCalendar('UTC', ['Mon 09:00-12:00'], ['2026-02-30'])).toThrow(/holidays/);
  });

  it('counts between start and start + amount exactly the amount, in every zone', () => {
    fc.assert(
      fc.property(calendar, moment, amount, (days, start, ms) => {
        expect(days.between(start, days.add(start, ms))).toBe(ms);
      }),
      { numRuns: 300 },
    );
  });

  it('adds in parts as at once, and never goes back', () => {
    fc.assert(
      fc.property(calendar, moment, amount, amount, (days, start, a, b) => {
        expect(days.add(days.add(start, a), b)).toEqual(days.add(start, a + b));
        expect(days.add(start, a).getTime()).toBeGreaterThanOrEqual(start.getTime() + a);
      }),
      { numRuns: 300 },
    );
  });

  it('splits at any moment in between', () => {
    fc.assert(
      fc.property(calendar, fc.tuple(moment, moment, moment), (days, moments) => {
        const [a, b, c] = [...moments].sort((x, y) => x.getTime() - y.getTime()) as [Date, Date, Date];
        expect(days.between(a, b) + days.between(b, c)).toBe(days.between(a, c));
      }),
      { numRuns: 100 },
    );
  });
});
