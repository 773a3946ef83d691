import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/database';
import { isUuid } from '../../platform/http/page';
import { newId } from '../../platform/time/ids';
import type { CustomerRow } from './customer.entity';

/** Every column but the one that is only searched. */
export const CUSTOMER_COLUMNS = `id, code, name, phone, phone_e164, email, company, notes, tags, source, anonymised_at,
  created_at, updated_at`;

/** What a caller knows of a person; absent fields are null. */
export interface CustomerFields {
  name: string | null;
  phone: string | null;
  phone_e164: string | null;
  email: string | null;
  company: string | null;
  notes: string | null;
  tags: string[];
  source: string | null;
}

type Found = CustomerRow & { is_new: boolean };

/** The statements that write customers. */
@Injectable()
export class CustomersRepository {
  /**
   * The customer of a number, made if there is none, in one statement. A known one is locked against being anonymised
   * until the transaction ends, not against other changes. Undefined when another transaction made him meanwhile: ask again.
   */
  findOrInsert(tx: Tx, fields: CustomerFields): Promise<Found | undefined> {
    return tx.one<Found>(
      `with found as (
         select ${CUSTOMER_COLUMNS} from customer where phone_e164 = $4 for key share
       ), made as (
         ${this.insertSql} where not exists (select 1 from found)
         on conflict (phone_e164) do nothing returning ${CUSTOMER_COLUMNS}
       )
       select *, false as is_new from found union all select *, true from made`,
      this.insertParams(fields),
    );
  }

  /** A new customer; undefined when the number belongs to one. */
  insert(tx: Tx, fields: CustomerFields): Promise<CustomerRow | undefined> {
    return tx.one<CustomerRow>(
      `${this.insertSql} where not exists (select 1 from customer where phone_e164 = $4)
       on conflict (phone_e164) do nothing returning ${CUSTOMER_COLUMNS}`,
      this.insertParams(fields),
    );
  }

  /** Fills what is blank and nothing else; undefined when nothing was. */
  fill(
    tx: Tx,
    id: string,
    name: string | null,
    email: string | null,
    company: string | null,
  ): Promise<CustomerRow | undefined> {
    return tx.one<CustomerRow>(
      `update customer set name = coalesce(name, $2), email = coalesce(email, $3), company = coalesce(company, $4),
         updated_at = now()
        where id = $1 and anonymised_at is null and (
          (name is null and $2::text is not null) or (email is null and $3::text is not null) or
          (company is null and $4::text is not null))
       returning ${CUSTOMER_COLUMNS}`,
      [id, name, email, company],
    );
  }

  /** Writes the fields given, as they are. */
  change(tx: Tx, id: string, fields: Omit<CustomerFields, 'source'>): Promise<CustomerRow | undefined> {
    return tx.one<CustomerRow>(
      `update customer set name = $2, phone = $3, phone_e164 = $4, email = $5, company = $6, notes = $7, tags = $8,
         updated_at = now()
        where id = $1 returning ${CUSTOMER_COLUMNS}`,
      [id, fields.name, fields.phone, fields.phone_e164, fields.email, fields.company, fields.notes, fields.tags],
    );
  }

  /** Removes what is known of a person; the row, its number and its foreign keys stay. */
  async blank(tx: Tx, id: string): Promise<CustomerRow | undefined> {
    return tx.one<CustomerRow>(
      `update customer set name = null, phone = null, phone_e164 = null, email = null, company = null, notes = null,
         tags = '{}', anonymised_at = now(), updated_at = now()
        where id = $1 returning ${CUSTOMER_COLUMNS}`,
      [id],
    );
  }

  /**
   * Takes the person out of the events that were told of him. Ids, statuses and times stay, so that a reader who resumes
   * finds the same events in the same order, without the person.
   */
  async redactEvents(tx: Tx, id: string): Promise<void> {
    await tx.rows(
      `update event set data = coalesce((
           select jsonb_object_agg(key, value) from jsonb_each(data)
            where (key ~ '(^|_)(id|status|at)$' or jsonb_typeof(value) = 'boolean')
              and jsonb_typeof(value) not in ('object', 'array')
         ), '{}') || '{"redacted": true}'
        where subject_customer_id = $1 and not data ? 'redacted'`,
      [id],
    );
  }

  /** The customer by his number (in any case) or key, locked. */
  lock(tx: Tx, codeOrId: string): Promise<CustomerRow | undefined> {
    return this.byCodeOrId(tx, codeOrId, 'for update');
  }

  /** The customer by his number (in any case) or key. */
  byCodeOrId(reader: Reader, codeOrId: string, lock = ''): Promise<CustomerRow | undefined> {
    const column = isUuid(codeOrId) ? 'id' : 'code';
    return reader.one<CustomerRow>(`select ${CUSTOMER_COLUMNS} from customer where ${column} = $1 ${lock}`, [
      column === 'id' ? codeOrId : codeOrId.replaceAll('\0', '').toUpperCase(),
    ]);
  }

  /** The customer of a telephone number. */
  byPhone(reader: Reader, e164: string): Promise<CustomerRow | undefined> {
    return reader.one<CustomerRow>(`select ${CUSTOMER_COLUMNS} from customer where phone_e164 = $1`, [e164]);
  }

  private readonly insertSql = `
    insert into customer (id, code, name, phone, phone_e164, email, company, notes, tags, source)
    select $1::uuid, numbered_code('CUST-', nextval('customer_number')), $2::text, $3::text, $4::text, $5::text,
           $6::text, $7::text, $8::text[], $9::text`;

  private insertParams(fields: CustomerFields): unknown[] {
    return [
      newId(),
      fields.name,
      fields.phone,
      fields.phone_e164,
      fields.email,
      fields.company,
      fields.notes,
      fields.tags,
      fields.source,
    ];
  }
}
