import fc from '../../../../test/support/properties';
import { BusinessCalendar } from '../../../platform/time/business-calendar';
import { alertOf, nextAlertAt, type SlaClock, SlaRules } from './sla-clock';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (iso: string): Date => new Date(iso);
const later = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms);

describe('a target’s clock', () => {
  const office = new BusinessCalendar('Europe/London', ['Mon-Fri 09:00-17:00']);
  const rules = new SlaRules(office, 80);

  it('counts working time and warns at four fifths', () => {
    const clock = rules.start(120, at('2026-01-09T16:00:00Z'));
    expect(clock.warn_at).toEqual(at('2026-01-12T09:36:00Z'));
    expect(clock.due_at).toEqual(at('2026-01-12T10:00:00Z'));
    expect(nextAlertAt(clock)).toEqual(clock.warn_at);
  });

  it('stands still while paused', () => {
    const started = rules.start(120, at('2026-01-12T09:00:00Z'));
    const paused = rules.pause(started, at('2026-01-12T10:00:00Z'));
    expect(paused).toMatchObject({ state: 'paused', spent_ms: HOUR, due_at: null, warn_at: null });
    expect(nextAlertAt(paused)).toBeNull();
    expect(rules.resume(paused, at('2026-01-13T09:00:00Z')).due_at).toEqual(at('2026-01-13T10:00:00Z'));
  });

  it('tells each thing once, and of a breach only when both are due', () => {
    const clock = rules.start(120, at('2026-01-12T09:00:00Z'));
    expect(alertOf(clock, at('2026-01-12T10:35:59Z'))).toBeUndefined();
    const warned = alertOf(clock, at('2026-01-12T10:36:00Z'));
    expect(warned?.alert).toBe('warning');
    expect(alertOf(warned?.clock as SlaClock, at('2026-01-12T10:37:00Z'))).toBeUndefined();
    expect(alertOf(warned?.clock as SlaClock, at('2026-01-12T11:00:00Z'))?.alert).toBe('breached');
    const breached = alertOf(clock, at('2026-01-12T12:00:00Z'));
    expect(breached?.alert).toBe('breached');
    expect(breached?.clock.breached_at).toEqual(at('2026-01-12T11:00:00Z'));
    expect(alertOf(breached?.clock as SlaClock, at('2026-01-13T12:00:00Z'))).toBeUndefined();
    expect(nextAlertAt(breached?.clock as SlaClock)).toBeNull();
  });

  it('takes what was spent along to another target, and stays silent without one', () => {
    const clock = rules.start(480, at('2026-01-12T09:00:00Z'));
    const pressed = rules.retarget(clock, 60, at('2026-01-12T11:00:00Z'));
    expect(alertOf(pressed, at('2026-01-12T11:00:00Z'))?.alert).toBe('breached');
    const silent = rules.retarget(clock, null, at('2026-01-12T11:00:00Z'));
    expect(nextAlertAt(silent)).toBeNull();
    expect(rules.spent(silent, at('2026-01-12T12:00:00Z'))).toBe(3 * HOUR);
  });

  it('goes on after reopening from where it was', () => {
    const met = rules.meet(rules.start(120, at('2026-01-12T09:00:00Z')), at('2026-01-12T10:00:00Z'));
    expect(met).toMatchObject({ state: 'met', met_at: at('2026-01-12T10:00:00Z') });
    expect(rules.reopen(met, at('2026-01-14T09:00:00Z'))).toMatchObject({
      state: 'running',
      met_at: null,
      due_at: at('2026-01-14T10:00:00Z'),
    });
  });

  it('spends, over any pauses in any zone, exactly its target until it is due', () => {
    const zone = fc.constantFrom('Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Riyadh', 'UTC');
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 * HOUR }), fc.boolean()), { maxLength: 12 });
    const start = fc.date({ min: at('2026-03-20T00:00:00Z'), max: at('2026-11-10T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(zone, start, fc.integer({ min: 1, max: 6000 }), steps, (name, begin, minutes, moves) => {
        const calendar = new BusinessCalendar(name, ['Sat-Thu 09:00-18:00']);
        const own = new SlaRules(calendar, 80);
        let clock = own.start(minutes, begin);
        let now = begin;
        let worked = 0;
        for (const [ms, pause] of moves) {
          const next = later(now, ms);
          if (clock.state === 'running') worked += calendar.between(now, next);
          now = next;
          clock = pause ? own.pause(clock, now) : own.resume(clock, now);
          expect(own.spent(clock, now)).toBe(worked);
        }
        const running = own.resume(clock, now);
        const due = running.due_at as Date;
        if (worked < minutes * MINUTE) {
          expect(own.spent(running, due)).toBe(minutes * MINUTE);
          expect(alertOf(running, later(due, -1))?.alert).not.toBe('breached');
        }
        expect(alertOf(running, due > now ? due : now)?.alert).toBe('breached');
      }),
      { numRuns: 150 },
    );
  });
});
