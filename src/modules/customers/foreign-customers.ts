import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { isUniqueViolation, type Tx } from '../../platform/database/database';
import { parsePhone } from '../../platform/phone/phone';
import { newId } from '../../platform/time/ids';
import type { CustomerRow } from './customer.entity';
import { CustomersRepository } from './customers.repository';
import { CustomersService } from './customers.service';

/** A person as another system (a CRM) knows him. */
export interface ForeignCustomer {
  integrationId: string;
  foreignId: string;
  name?: string | null;
  phone?: string | null;
  email?: string | null;
  company?: string | null;
  /** `hubspot` */
  source: string;
}

/** What a synchronised record has come to. */
export interface ForeignOutcome {
  outcome: 'created' | 'updated' | 'unchanged';
  customer: CustomerRow;
}

/** Customers of other systems become ours: one customer per foreign record, and still one per telephone number. */
@Injectable()
export class ForeignCustomers {
  constructor(
    private readonly customers: CustomersService,
    private readonly repository: CustomersRepository,
  ) {}

  /**
   * Takes over one foreign record; a second time the same changes nothing. The first link of a customer owns his fields:
   * its values replace ours. A later link of another system fills blanks only. A blank never erases, and a person whose
   * data was removed is left alone.
   */
  async sync(tx: Tx, actor: Actor, record: ForeignCustomer): Promise<ForeignOutcome> {
    // two runs may bring the same record at once; without a telephone number nothing else would stop a double
    await tx.rows(`select pg_advisory_xact_lock(hashtextextended($1, 7316025))`, [
      `${record.integrationId}:${record.foreignId}`,
    ]);
    const link = await tx.one<{ customer_id: string; owns_fields: boolean }>(
      `select customer_id, owns_fields from customer_foreign_identity where integration_id = $1 and foreign_id = $2`,
      [record.integrationId, record.foreignId],
    );
    if (link) return this.takeOver(tx, actor, record, link.customer_id, link.owns_fields);
    const known = await this.customers.findOrAdd(tx, actor, record);
    const owns = await this.link(tx, record, known.customer.id);
    if (known.isNew) return { outcome: 'created', customer: known.customer };
    return this.takeOver(tx, actor, record, known.customer.id, owns);
  }

  /** The customer a foreign record stands for. */
  async find(tx: Tx, integrationId: string, foreignId: string): Promise<CustomerRow | undefined> {
    const link = await tx.one<{ customer_id: string }>(
      `select customer_id from customer_foreign_identity where integration_id = $1 and foreign_id = $2`,
      [integrationId, foreignId],
    );
    return link ? this.repository.byCodeOrId(tx, link.customer_id) : undefined;
  }

  /** Links the record; the first link of a customer owns his fields. Says whether it does. */
  private async link(tx: Tx, record: ForeignCustomer, customerId: string): Promise<boolean> {
    const insert = (owns: boolean): Promise<unknown> =>
      tx.rows(
        `insert into customer_foreign_identity (id, customer_id, integration_id, foreign_id, owns_fields)
         values ($1, $2, $3, $4, $5)`,
        [newId(), customerId, record.integrationId, record.foreignId, owns],
      );
    try {
      await tx.savepoint(() => insert(true));
      return true;
    } catch (error) {
      if (!isUniqueViolation(error, 'customer_foreign_identity_owner')) throw error;
      await insert(false);
      return false;
    }
  }

  private async takeOver(
    tx: Tx,
    actor: Actor,
    record: ForeignCustomer,
    customerId: string,
    owns: boolean,
  ): Promise<ForeignOutcome> {
    const row = await this.repository.lock(tx, customerId);
    if (!row) throw new Error('a linked customer is gone');
    if (row.anonymised_at) return { outcome: 'unchanged', customer: row };
    const sent = this.customers.readFields(record);
    const pick = (ours: string | null, theirs: string | null): string | null =>
      (owns ? (theirs ?? ours) : (ours ?? theirs)) ?? null;
    const fields = {
      name: pick(row.name, sent.name),
      email: pick(row.email, sent.email),
      company: pick(row.company, sent.company),
      notes: row.notes,
      tags: row.tags,
      ...(await this.phone(tx, row, sent.phone, owns)),
    };
    const changed = (['name', 'email', 'company', 'phone', 'phone_e164'] as const).some(
      (field) => row[field] !== fields[field],
    );
    if (!changed) return { outcome: 'unchanged', customer: row };
    return { outcome: 'updated', customer: await this.customers.write(tx, actor, row.id, fields) };
  }

  /** The number to keep: theirs when it may replace ours and is nobody else's. */
  private async phone(
    tx: Tx,
    row: CustomerRow,
    theirs: string | null,
    owns: boolean,
  ): Promise<{ phone: string | null; phone_e164: string | null }> {
    const ours = { phone: row.phone, phone_e164: row.phone_e164 };
    if (!theirs || (row.phone && !owns)) return ours;
    const e164 = parsePhone(theirs, this.customers.defaultCountry)?.e164 ?? null;
    // the same number in another spelling is no change, and what is no number does not replace one
    if (e164 === row.phone_e164 || (!e164 && row.phone_e164)) return row.phone ? ours : { ...ours, phone: theirs };
    const owner = e164 ? await this.repository.byPhone(tx, e164) : undefined;
    return owner && owner.id !== row.id ? ours : { phone: theirs, phone_e164: e164 };
  }
}
