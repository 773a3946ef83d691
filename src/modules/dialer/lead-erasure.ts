import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../platform/database/database';
import { CustomerErasure, type ErasedCustomer } from '../customers';

/** Takes a person out of his leads when his data is removed; the dialer's ids, statuses and times stay. */
@Injectable()
export class LeadErasure implements OnModuleInit {
  constructor(private readonly erasure: CustomerErasure) {}

  onModuleInit(): void {
    this.erasure.register({ room: 'dialer', redact: (tx, customer) => this.redact(tx, customer) });
  }

  private async redact(tx: Tx, customer: ErasedCustomer): Promise<void> {
    const leads = await tx.rows<{ id: string }>(
      `select id from lead where customer_id = $1 or phone_e164 = $2 order by id for update`,
      [customer.id, customer.phone_e164],
    );
    const ids = leads.map((lead) => lead.id);
    if (ids.length === 0) return;
    await tx.rows(
      `update lead set title = null, first_name = null, middle_initial = null, last_name = null, full_name = null,
         phone = null, phone_e164 = null, alt_phone = null, email = null, gender = null, date_of_birth = null,
         address1 = null, address2 = null, address3 = null, city = null, state = null, province = null,
         postal_code = null, comments = null, notes = null, recording_file = null, previous_quotes_details = null,
         appointment_notes = null, call_data = '{}', dialer_data = '{}', updated_at = now()
        where id = any($1::uuid[])`,
      [ids],
    );
    // That something was changed stays; from what to what does not
    await tx.rows(
      `update lead_change set changes = (
           select coalesce(jsonb_object_agg(name, '{"from": null, "to": null}'::jsonb), '{}')
             from jsonb_object_keys(changes) as name)
        where lead_id = any($1::uuid[])`,
      [ids],
    );
    await tx.rows(`update lead_callback set note = null, updated_at = now() where lead_id = any($1::uuid[])`, [ids]);
  }
}
