import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { newId } from '../../../platform/time/ids';
import type { TicketSlaRow } from '../ticket-parts.entity';
import { isFinal, type TicketPriority, type TicketStatus } from '../ticket-status';
import { alertOf, nextAlertAt, type SlaAlert, type SlaClock, SlaRules, type SlaTarget, SLA_TARGETS } from './sla-clock';

/** What has to be told of a target. */
export interface TicketAlert {
  target: SlaTarget;
  alert: SlaAlert;
  due_at: Date;
}

/** What an edit means to the clocks. */
export interface ClockMove {
  from: TicketStatus;
  to: TicketStatus;
  priority: TicketPriority;
  priorityChanged: boolean;
  /** Somebody of ours has answered. */
  answered: boolean;
}

/** The clocks of tickets: which targets a priority has, and what the life of a ticket does to them. Writes nothing. */
@Injectable()
export class TicketClocks {
  private readonly rules: SlaRules;

  constructor(private readonly config: Config) {
    this.rules = new SlaRules(config.time.businessHours, config.tickets.warnPercent);
  }

  /** The clocks of a new ticket. */
  start(ticketId: string, priority: TicketPriority, now: Date): TicketSlaRow[] {
    return SLA_TARGETS.map((target) =>
      withNext({
        id: newId(),
        ticket_id: ticketId,
        target,
        ...this.rules.start(this.minutes(priority, target), now),
        next_at: null,
      }),
    );
  }

  /** What has to be told by now, and the clocks that remember it. Nothing is told twice. */
  alerts(rows: TicketSlaRow[], now: Date): { rows: TicketSlaRow[]; alerts: TicketAlert[] } {
    const alerts: TicketAlert[] = [];
    const after = rows.map((row) => {
      const found = alertOf(row, now);
      if (!found || !row.due_at) return row;
      alerts.push({ target: row.target, alert: found.alert, due_at: row.due_at });
      return withNext({ ...row, ...found.clock });
    });
    return { rows: after, alerts };
  }

  /** The clocks after an edit or an answer; a clock that is not touched is the same object. */
  move(rows: TicketSlaRow[], move: ClockMove, now: Date): TicketSlaRow[] {
    return rows.map((row) => {
      let clock: SlaClock = row;
      if (move.priorityChanged) clock = this.rules.retarget(clock, this.minutes(move.priority, row.target), now);
      if (isFinal(move.from) && !isFinal(move.to) && row.target === 'resolution') clock = this.rules.reopen(clock, now);
      if (move.from === 'pending' && move.to !== 'pending') clock = this.rules.resume(clock, now);
      if (isFinal(move.to) || (move.answered && row.target === 'first_response')) clock = this.rules.meet(clock, now);
      if (move.to === 'pending' && move.from !== 'pending') clock = this.rules.pause(clock, now);
      return clock === row ? row : withNext({ ...row, ...clock });
    });
  }

  /** The clocks of a ticket that was merged away. */
  cancel(rows: TicketSlaRow[], now: Date): TicketSlaRow[] {
    return rows.map((row) => {
      const clock = this.rules.cancel(row, now);
      return clock === row ? row : withNext({ ...row, ...clock });
    });
  }

  private minutes(priority: TicketPriority, target: SlaTarget): number | null {
    const targets = this.config.tickets.targets.get(priority);
    return (target === 'first_response' ? targets?.firstResponse : targets?.resolution) ?? null;
  }
}

const withNext = (row: TicketSlaRow): TicketSlaRow => ({ ...row, next_at: nextAlertAt(row) });
