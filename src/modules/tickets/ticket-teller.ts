import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { type Append, EventLog } from '../../platform/events/event-log';
import type { TicketAlert } from './sla/ticket-clocks';
import { ticketCreated, ticketUpdated, type TicketUpdate } from './tickets.events';
import { type TicketView, ticketView, type TicketWithSla } from './ticket.view';

/** What is said beside the fields. */
type Said = Pick<TicketUpdate, 'comment' | 'merged_from' | 'sla_alert'>;

/** Tells of tickets: to every agent, to the subscriber who owns the ticket, to keys that may read tickets. */
@Injectable()
export class TicketTeller {
  constructor(private readonly eventLog: EventLog) {}

  created(tx: Tx, actor: Actor, ticket: TicketWithSla): void {
    this.eventLog.append(tx, ticketCreated, ticketView(ticket), this.about(actor, ticket));
  }

  /** Tells the fields that differ between `before` and `after`, and what was said. */
  updated(tx: Tx, actor: Actor, before: TicketWithSla, after: TicketWithSla, said: Said = {}): void {
    const [was, is] = [ticketView(before), ticketView(after)];
    const names = (Object.keys(is) as (keyof TicketView)[]).filter(
      (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]) && name !== 'version' && name !== 'updated_at',
    );
    const update: TicketUpdate = {
      ticket_id: is.ticket_id,
      version: is.version,
      status: is.status,
      updated_at: is.updated_at,
      ...Object.fromEntries(names.map((name) => [name, is[name]])),
      changed: [...names, ...(said.comment ? ['comments'] : []), ...(said.merged_from ? ['merged_from'] : [])],
      ...said,
    };
    const about = this.about(actor, after, said.comment?.internal);
    this.eventLog.append(tx, ticketUpdated, update, about);
  }

  /** Tells that targets are near their end or past it. */
  alerted(tx: Tx, actor: Actor, before: TicketWithSla, after: TicketWithSla, alerts: TicketAlert[]): void {
    for (const { target, alert, due_at } of alerts) {
      this.updated(tx, actor, before, after, { sla_alert: { target, alert, due_at: due_at.toISOString() } });
    }
  }

  private about(actor: Actor, ticket: TicketWithSla, internal = false): Append {
    return {
      actor,
      aggregate: `ticket:${ticket.id}`,
      audience: {
        roles: ['agent'],
        users: ticket.owner_user_id && !internal ? [ticket.owner_user_id] : [],
        scope: 'tickets:read',
      },
      subjectCustomerId: ticket.customer_id,
    };
  }
}
