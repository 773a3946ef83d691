import fc from '../../../../test/support/properties';
import { chooseDepartment, soundsUrgent } from './department-choice';
import { ASSUMED_HANDLE_SECONDS, estimatedWait } from './estimated-wait';
import { hoursProblem, isOpen, nextOpening, type OpeningHours } from './opening-hours';

describe('the department a caller wants', () => {
  it.each([
    ['I want to buy a product', 'sales', 0.9],
    ['أريد شراء منتج', 'sales', 0.9],
    ['There is a problem', 'complaints', 0.75],
    ['عندي مشكلة', 'complaints', 0.9],
    ['an issue with the price', 'sales', 0.75],
    ['a complaint: error, issue, problem with the offer', 'complaints', 0.95],
    ['hello', 'reception', 0.5],
    ['', 'reception', 0.5],
  ])('in %j is %s', (text, department, confidence) =>
    expect(chooseDepartment(text)).toEqual({ department, confidence }),
  );

  it('hears urgency in both languages', () => {
    expect(soundsUrgent('this is URGENT')).toBe(true);
    expect(soundsUrgent('الموضوع عاجل')).toBe(true);
    expect(soundsUrgent('no hurry')).toBe(false);
  });
});

describe('the wait to expect', () => {
  it('is position × handle time ÷ agents at work', () => {
    expect(estimatedWait(3, 100, 2)).toBe(150);
    expect(estimatedWait(1, null, 1)).toBe(ASSUMED_HANDLE_SECONDS);
    expect(estimatedWait(1, 100, 0)).toBeNull();
  });

  it('never grows as the position gets better', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1000 }), fc.integer({ min: 1, max: 100 }), (position, agents) => {
        expect(estimatedWait(position - 1, 120, agents) ?? 0).toBeLessThanOrEqual(
          estimatedWait(position, 120, agents) ?? 0,
        );
      }),
    );
  });
});

describe('opening hours', () => {
  const hours: OpeningHours = {
    zone: 'Europe/London',
    week: {
      mon: [
        ['09:00', '12:00'],
        ['13:00', '18:00'],
      ],
      sat: [['22:00', '24:00']],
    },
    holidays: ['2026-03-30'],
  };
  it.each([
    ['2026-01-05T09:00:00Z', true],
    ['2026-01-05T08:59:59Z', false],
    ['2026-01-05T12:00:00Z', false],
    ['2026-01-05T17:59:59Z', true],
    ['2026-01-06T10:00:00Z', false],
    // British summer time: 18:00 there is 17:00 UTC
    ['2026-06-01T17:30:00Z', false],
    ['2026-06-01T08:30:00Z', true],
    ['2026-03-30T10:00:00Z', false],
    ['2026-01-10T23:59:00Z', true],
  ])('at %s: open is %s', (at, open) => expect(isOpen(hours, new Date(at))).toBe(open));

  it('next open', () => {
    const next = (at: string): string | undefined => nextOpening(hours, new Date(at))?.toISOString();
    expect(next('2026-01-05T12:30:00Z')).toBe('2026-01-05T13:00:00.000Z');
    expect(next('2026-01-06T00:00:00Z')).toBe('2026-01-10T22:00:00.000Z');
    expect(next('2026-03-28T23:59:00Z')).toBe('2026-03-28T23:59:00.000Z');
    // Monday the 30th is a holiday, so the next is Saturday
    expect(next('2026-03-29T12:00:00Z')).toBe('2026-04-04T21:00:00.000Z');
    expect(nextOpening({ ...hours, week: {} }, new Date())).toBeUndefined();
    expect(isOpen({ ...hours, week: null, holidays: [] }, new Date())).toBe(true);
  });

  it.each([
    [null, true],
    [{ mon: [['09:00', '18:00']] }, true],
    [{ funday: [] }, false],
    [{ mon: [['18:00', '09:00']] }, false],
    [{ mon: [['9', '10']] }, false],
    [{ mon: 'always' }, false],
    ['x', false],
    [[], false],
  ])('%j may be set: %s', (week, good) => expect(hoursProblem(week) === undefined).toBe(good));
});
