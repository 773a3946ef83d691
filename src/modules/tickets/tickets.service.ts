import { Injectable } from '@nestjs/common';
import { type Actor, snapshot, systemActor } from '../../platform/access/actor';
import { Database, type Tx } from '../../platform/database/database';
import { newId } from '../../platform/time/ids';
import { CallsQueries } from '../calls';
import { CustomersService } from '../customers';
import { Assignees } from './assignees';
import { mayRead, isSubscriber } from './ticket-access';
import { type Assignee, decideEdit } from './ticket-edit';
import type { TicketCommentRow } from './ticket-parts.entity';
import { TicketTeller } from './ticket-teller';
import { saysUrgent } from './ticket-urgency';
import { matchesVersion } from './ticket-version';
import { commentView, type TicketWithSla } from './ticket.view';
import type { CommentInput, EditTicketInput, OpenTicketInput } from './tickets.dto';
import { NotYoursToSet, TicketChanged, TicketMerged, TicketNotFound } from './tickets.errors';
import { type LockedTicket, type NewTicket, TicketsRepository } from './tickets.repository';
import { TicketClocks } from './sla/ticket-clocks';

const DEFAULT_DEPARTMENT = 'reception';

/** What a ticket takes over from its call. */
export type TicketCall = Pick<
  Awaited<ReturnType<CallsQueries['visible']>>,
  'phone_number' | 'customer_name' | 'customer_email' | 'owner_user_id'
>;

/** Opens, edits and comments on tickets. */
@Injectable()
export class TicketsService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsRepository,
    private readonly clocks: TicketClocks,
    private readonly teller: TicketTeller,
    private readonly customers: CustomersService,
    private readonly assignees: Assignees,
    private readonly calls: CallsQueries,
  ) {}

  /** Opens a ticket. A subscriber's ticket is his own; one that comes from a call belongs to whom the call does. */
  async open(actor: Actor, input: OpenTicketInput): Promise<TicketWithSla> {
    if (isSubscriber(actor) && input.assigned_to) throw new NotYoursToSet('assigned_to');
    const call = input.call_id ? await this.calls.visible(actor, input.call_id) : undefined;
    return this.database.transaction((tx) => this.openIn(tx, actor, input, call));
  }

  /** Opens a ticket in the caller's transaction; what it does not say of the customer is taken from the call. */
  async openIn(tx: Tx, actor: Actor, input: OpenTicketInput, call?: TicketCall): Promise<TicketWithSla> {
    const assignee = input.assigned_to ? await this.assignees.find(tx, input.assigned_to) : undefined;
    const known = call
      ? {
          ...input,
          customer_phone: input.customer_phone ?? call.phone_number,
          customer_name: input.customer_name ?? call.customer_name ?? undefined,
          customer_email: input.customer_email ?? call.customer_email ?? undefined,
        }
      : input;
    const owner = call?.owner_user_id ?? (await this.assignees.subscriberOf(tx, actor));
    const ticket = await this.draft(tx, actor, known, assignee, owner);
    const sla = this.clocks.start(ticket.id, ticket.priority, ticket.created_at);
    await this.tickets.addClocks(tx, sla);
    await this.tickets.addTags(tx, ticket);
    const opened = { ...(await this.tickets.insert(tx, ticket)), sla };
    this.teller.created(tx, actor, opened);
    return opened;
  }

  /** Changes what was sent. Throws TicketChanged when `ifMatch` names another version. */
  async edit(actor: Actor, code: string, input: EditTicketInput, ifMatch?: string): Promise<TicketWithSla> {
    return this.database.transaction(async (tx) => {
      const { ticket, now } = await this.atWork(tx, actor, code, ifMatch);
      const { assigned_to: asked } = input;
      const assignee = typeof asked === 'string' ? await this.assignees.find(tx, asked) : asked;
      const { patch, changes } = decideEdit(ticket, input, assignee, now);
      if (changes.length === 0) return ticket;
      const to = patch.status ?? ticket.status;
      const priority = patch.priority ?? ticket.priority;
      const answered = patch.notes !== undefined;
      const priorityChanged = priority !== ticket.priority;
      const sla = this.clocks.move(ticket.sla, { from: ticket.status, to, priority, priorityChanged, answered }, now);
      Object.assign(patch, firstResponse(ticket, sla));
      if (answered) await this.tickets.addComment(tx, note(actor, ticket.id, patch.notes ?? '', now));
      const after = await this.tickets.save(tx, ticket, patch, changes, sla, snapshot(actor), now);
      this.teller.updated(tx, actor, ticket, after);
      return after;
    });
  }

  /** Says something about a ticket; what agents say to its owner is the first response. */
  async comment(actor: Actor, code: string, input: CommentInput): Promise<TicketCommentRow & { code: string }> {
    if (isSubscriber(actor) && input.internal) throw new NotYoursToSet('internal');
    return this.database.transaction(async (tx) => {
      const { ticket, now } = await this.atWork(tx, actor, code);
      const comment = said(actor, ticket.id, input.body, input.internal ?? false, now);
      await this.tickets.addComment(tx, comment);
      const answered = !isSubscriber(actor) && !comment.is_internal;
      const { status, priority } = ticket;
      const sla = this.clocks.move(
        ticket.sla,
        { from: status, to: status, priority, priorityChanged: false, answered },
        now,
      );
      const after = await this.tickets.save(tx, ticket, firstResponse(ticket, sla), [], sla, snapshot(actor), now);
      const shown = { ...comment, code: ticket.code };
      this.teller.updated(tx, actor, ticket, after, { comment: commentView(shown) });
      return shown;
    });
  }

  /** The ticket under lock, as it can be worked on: not merged, its version the expected one, its alerts told. */
  private async atWork(tx: Tx, actor: Actor, code: string, ifMatch?: string): Promise<LockedTicket> {
    const locked = await this.tickets.lock(tx, code);
    if (!locked || !mayRead(actor, locked.ticket)) throw new TicketNotFound(code);
    const { ticket } = locked;
    if (!matchesVersion(ifMatch, ticket.version)) throw new TicketChanged(code, ticket.version);
    if (ticket.merged_into_code) throw new TicketMerged(code, ticket.merged_into_code);
    return { ...locked, ticket: await this.tellAlerts(tx, locked) };
  }

  /** Tells what the sweep has not told yet, so that an edit cannot make a missed target look kept. */
  async tellAlerts(tx: Tx, { ticket, now }: LockedTicket): Promise<TicketWithSla> {
    const { rows, alerts } = this.clocks.alerts(ticket.sla, now);
    if (alerts.length === 0) return ticket;
    await this.tickets.saveClocks(tx, ticket.sla, rows);
    const after = { ...ticket, sla: rows };
    this.teller.alerted(tx, systemActor('ticket-targets'), ticket, after, alerts);
    return after;
  }

  private async draft(
    tx: Tx,
    actor: Actor,
    input: OpenTicketInput,
    assignee: Assignee | undefined,
    owner: string | null,
  ): Promise<NewTicket> {
    const customer = await this.customers.ensure(tx, actor, {
      phone: input.customer_phone,
      // what a subscriber says of a person is kept on his ticket, not in the record that agents work with
      ...(isSubscriber(actor) ? {} : { name: input.customer_name, email: input.customer_email }),
      source: 'ticket',
    });
    const description = input.description ?? '';
    return {
      id: newId(),
      version: 1,
      status: assignee ? 'in_progress' : 'open',
      priority: input.priority ?? (saysUrgent(input.subject, description) ? 'urgent' : 'medium'),
      department: input.department ?? DEFAULT_DEPARTMENT,
      subject: input.subject,
      description,
      customer_id: customer?.id ?? null,
      customer_code: customer?.code ?? null,
      customer_name: input.customer_name ?? (isSubscriber(actor) ? null : (customer?.name ?? null)),
      customer_phone: input.customer_phone ?? null,
      customer_phone_e164: customer?.phone_e164 ?? null,
      customer_email: input.customer_email ?? (isSubscriber(actor) ? null : (customer?.email ?? null)),
      call_code: input.call_id ?? null,
      assigned_agent_id: assignee?.id ?? null,
      assigned_agent_code: assignee?.code ?? null,
      owner_user_id: owner,
      tags: input.tags ?? [],
      notes: null,
      merged_into_id: null,
      merged_into_code: null,
      first_response_at: null,
      resolved_at: null,
      closed_at: null,
      created_by: snapshot(actor),
      created_at: await this.tickets.now(tx),
    };
  }
}

/** The column that remembers when somebody first answered. */
function firstResponse(ticket: TicketWithSla, sla: TicketWithSla['sla']): { first_response_at?: Date } {
  const met = sla.find((row) => row.target === 'first_response')?.met_at;
  return met && !ticket.first_response_at ? { first_response_at: met } : {};
}

const said = (actor: Actor, ticketId: string, body: string, internal: boolean, now: Date): TicketCommentRow => ({
  id: newId(),
  ticket_id: ticketId,
  kind: 'comment',
  body,
  is_internal: internal,
  author: snapshot(actor),
  author_role: actor.role,
  created_at: now,
});

const note = (actor: Actor, ticketId: string, body: string, now: Date): TicketCommentRow => ({
  ...said(actor, ticketId, body, false, now),
  kind: 'note',
});
