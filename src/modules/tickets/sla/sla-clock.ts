import type { BusinessCalendar } from '../../../platform/time/business-calendar';

/** What is promised for a ticket. */
export const SLA_TARGETS = ['first_response', 'resolution'] as const;
export type SlaTarget = (typeof SLA_TARGETS)[number];

/** `canceled`: the ticket was merged into another, which has clocks of its own. */
export const SLA_STATES = ['running', 'paused', 'met', 'canceled'] as const;
export type SlaState = (typeof SLA_STATES)[number];

export type SlaAlert = 'warning' | 'breached';

/** One promise of one ticket, counted in working time. Every function here returns a new clock and touches nothing. */
export interface SlaClock {
  /** null: nothing is promised for this priority; the time is counted all the same. */
  readonly target_minutes: number | null;
  readonly state: SlaState;
  /** Working time spent before `running_since`. */
  readonly spent_ms: number;
  readonly running_since: Date | null;
  /** When the warning and the end come if nothing changes; null while it stands still. */
  readonly warn_at: Date | null;
  readonly due_at: Date | null;
  readonly warned_at: Date | null;
  readonly breached_at: Date | null;
  readonly met_at: Date | null;
}

const MINUTE = 60_000;

/** The rules by which clocks run: the opening hours, and when to warn. */
export class SlaRules {
  constructor(
    private readonly calendar: BusinessCalendar,
    private readonly warnPercent: number,
  ) {}

  /** A clock that starts now. */
  start(minutes: number | null, now: Date): SlaClock {
    return this.running(
      {
        target_minutes: minutes,
        state: 'running',
        spent_ms: 0,
        running_since: null,
        warn_at: null,
        due_at: null,
        warned_at: null,
        breached_at: null,
        met_at: null,
      },
      now,
    );
  }

  /** Stands still until `resume`; only a running clock does. */
  pause(clock: SlaClock, now: Date): SlaClock {
    return clock.state === 'running' ? this.stopped(clock, 'paused', now) : clock;
  }

  /** Goes on after a pause. */
  resume(clock: SlaClock, now: Date): SlaClock {
    return clock.state === 'paused' ? this.running(clock, now) : clock;
  }

  /** The promise was kept, or what was promised has come late: the clock stops for good. */
  meet(clock: SlaClock, now: Date): SlaClock {
    if (clock.state !== 'running' && clock.state !== 'paused') return clock;
    return { ...this.stopped(clock, 'met', now), met_at: now };
  }

  /** The ticket was opened again: the clock goes on from what was spent before. */
  reopen(clock: SlaClock, now: Date): SlaClock {
    return clock.state === 'met' ? this.running({ ...clock, met_at: null }, now) : clock;
  }

  /** Nothing is promised any more. */
  cancel(clock: SlaClock, now: Date): SlaClock {
    return clock.state === 'running' || clock.state === 'paused' ? this.stopped(clock, 'canceled', now) : clock;
  }

  /** Another promise for the same work: what was spent counts towards it. */
  retarget(clock: SlaClock, minutes: number | null, now: Date): SlaClock {
    if (clock.state === 'met' || clock.state === 'canceled') return clock;
    if (clock.state === 'paused') return { ...clock, target_minutes: minutes };
    return this.running({ ...clock, target_minutes: minutes, spent_ms: this.spent(clock, now) }, now);
  }

  /** Working time spent until now. */
  spent(clock: SlaClock, now: Date): number {
    return clock.spent_ms + (clock.running_since ? this.calendar.between(clock.running_since, now) : 0);
  }

  private running(clock: SlaClock, now: Date): SlaClock {
    const target = clock.target_minutes === null ? null : clock.target_minutes * MINUTE;
    const after = (ms: number): Date => this.calendar.add(now, Math.max(0, Math.round(ms) - clock.spent_ms));
    return {
      ...clock,
      state: 'running',
      running_since: now,
      warn_at: target === null ? null : after((target * this.warnPercent) / 100),
      due_at: target === null ? null : after(target),
    };
  }

  private stopped(clock: SlaClock, state: SlaState, now: Date): SlaClock {
    return { ...clock, state, spent_ms: this.spent(clock, now), running_since: null, warn_at: null, due_at: null };
  }
}

/** What has to be told now, and the clock that remembers it was told. A breach that comes with its warning tells of itself. */
export function alertOf(clock: SlaClock, now: Date): { alert: SlaAlert; clock: SlaClock } | undefined {
  if (clock.state !== 'running' || clock.breached_at) return undefined;
  if (clock.due_at && clock.due_at <= now) return { alert: 'breached', clock: { ...clock, breached_at: clock.due_at } };
  if (clock.warn_at && clock.warn_at <= now && !clock.warned_at) {
    return { alert: 'warning', clock: { ...clock, warned_at: now } };
  }
  return undefined;
}

/** When this clock next has something to tell; null when it has not. */
export function nextAlertAt(clock: SlaClock): Date | null {
  if (clock.state !== 'running' || clock.breached_at) return null;
  return clock.warned_at ? clock.due_at : clock.warn_at;
}
