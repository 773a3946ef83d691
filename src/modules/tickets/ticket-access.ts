import type { Actor } from '../../platform/access/actor';
import type { TicketRow } from './ticket.entity';

/** A person who pays for the service: he sees his own tickets and no others. */
export const isSubscriber = (actor: Actor): boolean => actor.kind === 'user' && actor.role === 'user';

/** Agents, admins and services read every ticket; a subscriber his own. */
export const mayRead = (actor: Actor, ticket: Pick<TicketRow, 'owner_user_id'>): boolean =>
  !isSubscriber(actor) || ticket.owner_user_id === actor.id;
