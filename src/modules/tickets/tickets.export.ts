import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import { Readable } from 'node:stream';
import type { Actor } from '../../platform/access/actor';
import type { TicketFilter } from './ticket-filter';
import { type TicketView, ticketView, type TicketWithSla } from './ticket.view';
import type { ExportTicketsQuery } from './tickets.dto';
import { TicketsQueries } from './tickets.queries';

const PAGE = 500;

const COLUMNS = [
  'ticket_id',
  'status',
  'priority',
  'department',
  'subject',
  'description',
  'customer_id',
  'customer_name',
  'customer_phone',
  'customer_email',
  'call_id',
  'assigned_to',
  'tags',
  'notes',
  'merged_into',
  'first_response_due_at',
  'first_response_at',
  'resolution_due_at',
  'resolved_at',
  'closed_at',
  'created_at',
  'updated_at',
];

/**
 * Tickets as CSV, read page by page as the client takes them: memory does not grow with their number, and no
 * transaction stays open. Cells that a spreadsheet would run as a formula begin with an apostrophe.
 */
@Injectable()
export class TicketsExport {
  constructor(private readonly queries: TicketsQueries) {}

  /** The tickets of the caller that match, newest first. */
  async csv(actor: Actor, query: ExportTicketsQuery): Promise<Readable> {
    const filter = await this.queries.filterOf(actor, query);
    // read before anything is sent, so that what is wrong with the query is answered as an error
    const first = filter ? await this.queries.page(filter, PAGE) : [];
    const rows = Readable.from(this.rows(filter, first), { objectMode: true, highWaterMark: 1 });
    const csv = stringify({ header: true, bom: true, columns: COLUMNS, escape_formulas: true });
    rows.on('error', (error) => csv.destroy(error));
    csv.on('close', () => rows.destroy());
    return rows.pipe(csv);
  }

  private async *rows(
    filter: TicketFilter | undefined,
    first: TicketWithSla[],
  ): AsyncGenerator<Record<string, unknown>> {
    let page = first;
    for (;;) {
      for (const row of page) yield csvRow(ticketView(row));
      const last = page.at(-1);
      if (!filter || !last || page.length < PAGE) return;
      page = await this.queries.page(filter, PAGE, { at: last.created_at.toISOString(), id: last.id });
    }
  }
}

const csvRow = (ticket: TicketView): Record<string, unknown> => ({
  ...ticket,
  tags: ticket.tags.join(' '),
  first_response_due_at: ticket.sla.first_response?.due_at,
  resolution_due_at: ticket.sla.resolution?.due_at,
});
