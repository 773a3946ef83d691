export { TICKET_PRIORITIES, TICKET_STATUSES, type TicketPriority, type TicketStatus } from './ticket-status';
export { type TicketView, ticketView } from './ticket.view';
export { TicketsModule } from './tickets.module';
export { TicketsQueries } from './tickets.queries';
export { TicketsService } from './tickets.service';
