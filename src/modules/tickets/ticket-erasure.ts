import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database';
import type { CustomerErasureStep, ErasedCustomer } from '../customers';

const ERASED = '(removed)';

/**
 * Removes what tickets keep of a person: who he is, and all free text, because it may speak of him. What remains is that
 * there was a ticket, what became of it and when.
 */
@Injectable()
export class TicketErasure implements CustomerErasureStep {
  readonly room = 'tickets';

  async redact(tx: Tx, customer: ErasedCustomer): Promise<void> {
    const tickets = await tx.rows<{ id: string }>(
      `update ticket set customer_name = null, customer_phone = null, customer_phone_e164 = null, customer_email = null,
         subject = $2, description = '', notes = case when notes is null then null else $2 end, search_key = '',
         tags = '{}', version = version + 1, updated_at = now()
        where customer_id = $1 returning id`,
      [customer.id, ERASED],
    );
    const ids = tickets.map((ticket) => ticket.id);
    await tx.rows(`update ticket_comment set body = $2 where ticket_id = any($1::uuid[])`, [ids, ERASED]);
    await tx.rows(`delete from ticket_tag where ticket_id = any($1::uuid[])`, [ids]);
    await tx.rows(
      `update ticket_history set from_value = null, to_value = null
        where ticket_id = any($1::uuid[])
          and field in ('subject', 'description', 'customer_name', 'customer_email', 'notes', 'tags')`,
      [ids],
    );
  }
}
