import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Audit } from '../../platform/audit/audit';
import { Config } from '../../platform/config/config';
import { Database, isUniqueViolation, type Tx } from '../../platform/database/database';
import { Invalid } from '../../platform/errors';
import { EventLog } from '../../platform/events/event-log';
import type { EventDefinition } from '../../platform/events/define-event';
import { parsePhone, type PhoneHints } from '../../platform/phone/phone';
import { CustomerErasure } from './customer-erasure';
import type { CustomerRow } from './customer.entity';
import { type CustomerView, customerView } from './customer.view';
import type { ChangeCustomer, CreateCustomer } from './customers.dto';
import { CustomerAnonymised, CustomerExists, CustomerInUse, CustomerNotFound } from './customers.errors';
import { contactCreated, contactUpdated } from './customers.events';
import { type CustomerFields, CustomersRepository } from './customers.repository';

/** What a call, a lead or a ticket knows of the person. */
export interface KnownPerson {
  /** As it was sent. */
  phone?: string | null;
  /** Helps to read a national number; PHONE_DEFAULT_COUNTRY without it. */
  hints?: string | PhoneHints;
  name?: string | null;
  email?: string | null;
  company?: string | null;
  /** `call`, `dialer`, `ticket`, `hubspot`. */
  source: string;
}

/** A customer, and whether he was made just now. */
export interface Ensured {
  customer: CustomerRow;
  isNew: boolean;
}

/** Two writers can miss each other once; more often than this is a fault. */
const MOST_TRIES = 5;

/** Who calls and is called: one person per telephone number. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly eventLog: EventLog,
    private readonly customers: CustomersRepository,
    private readonly erasure: CustomerErasure,
    private readonly audit: Audit,
  ) {}

  /** Where a national number is read when nothing else says. */
  get defaultCountry(): string {
    return this.config.phoneDefaultCountry;
  }

  /**
   * The customer of a telephone number, in the caller's transaction: found or made, one per number also when many ask at
   * once. Blanks are filled; nothing that is known is replaced. Undefined when `phone` is no telephone number.
   * One statement for a known person, two for a new one.
   */
  async ensure(tx: Tx, actor: Actor, person: KnownPerson): Promise<CustomerRow | undefined> {
    const fields = this.readFields(person);
    return fields.phone_e164 ? (await this.ensureNumber(tx, actor, fields)).customer : undefined;
  }

  /** Like `ensure`, but a person without a telephone number is always a new one. */
  async findOrAdd(tx: Tx, actor: Actor, person: KnownPerson): Promise<Ensured> {
    const fields = this.readFields(person);
    if (fields.phone_e164) return this.ensureNumber(tx, actor, fields);
    const customer = await this.customers.insert(tx, fields);
    if (!customer) throw new Error('a customer without a number cannot conflict');
    this.tell(tx, actor, contactCreated, customer);
    return { customer, isNew: true };
  }

  /** What another room knows of a person, as it is stored. */
  readFields(person: KnownPerson): CustomerFields {
    return {
      ...BLANK,
      name: short(person.name, 200),
      phone: short(person.phone, 64),
      phone_e164: parsePhone(person.phone, person.hints ?? this.defaultCountry)?.e164 ?? null,
      email: short(person.email, 254),
      company: short(person.company, 200),
      source: short(person.source, 50),
    };
  }

  /** Writes a locked customer's fields and tells of it. */
  async write(tx: Tx, actor: Actor, id: string, fields: Omit<CustomerFields, 'source'>): Promise<CustomerRow> {
    const after = await this.writeFields(tx, id, fields);
    this.tell(tx, actor, contactUpdated, after);
    return after;
  }

  /** Adds a customer by hand. Throws CustomerExists when the number belongs to one. */
  async create(actor: Actor, input: CreateCustomer): Promise<CustomerView> {
    const fields: CustomerFields = {
      ...BLANK,
      name: input.name ?? null,
      phone: input.phone ?? null,
      phone_e164: parsePhone(input.phone, input.country ?? this.defaultCountry)?.e164 ?? null,
      email: input.email ?? null,
      company: input.company ?? null,
      notes: input.notes ?? null,
      tags: unique(input.tags ?? []),
      source: actor.kind === 'api_key' ? 'api' : 'manual',
    };
    if (!fields.name && !fields.phone) {
      throw new Invalid('name or phone is required', { name: 'or phone is required' });
    }
    return this.database.transaction(async (tx) => {
      const row = await this.customers.insert(tx, fields);
      if (!row) throw await this.taken(tx, fields.phone_e164);
      this.tell(tx, actor, contactCreated, row);
      return customerView(row);
    });
  }

  /** Changes the fields that were sent. */
  async change(actor: Actor, codeOrId: string, input: ChangeCustomer): Promise<CustomerView> {
    return this.database.transaction(async (tx) => {
      const row = await this.locked(tx, codeOrId);
      if (row.anonymised_at) throw new CustomerAnonymised();
      const fields = changed(row, input);
      // the same text again says nothing new: it may have been read in another country when the person was added
      if (input.phone !== undefined && input.phone !== row.phone) {
        fields.phone_e164 = parsePhone(input.phone, this.defaultCountry)?.e164 ?? null;
      }
      if (FIELDS.every((name) => same(row[name], fields[name]))) return customerView(row);
      return customerView(await this.write(tx, actor, row.id, fields));
    });
  }

  /**
   * Removes a person's data here, in the rooms that keep some, and in the events already told. Asking again changes
   * nothing. The links to CRM records stay, so that the next synchronisation does not bring the person back.
   */
  async anonymise(actor: Actor, codeOrId: string): Promise<CustomerView> {
    return this.database.transaction(async (tx) => {
      const row = await this.locked(tx, codeOrId);
      if (row.anonymised_at) return customerView(row);
      const objection = await this.erasure.objection(tx, row);
      if (objection) throw new CustomerInUse(objection);
      await this.erasure.redact(tx, row);
      await this.audit.record(tx, actor, 'customer.anonymised', `customer:${row.id}`, { code: row.code });
      const after = await this.customers.blank(tx, row.id);
      if (!after) throw new CustomerNotFound(codeOrId);
      await this.customers.redactEvents(tx, row.id);
      this.tell(tx, actor, contactUpdated, after);
      return customerView(after);
    });
  }

  private async ensureNumber(tx: Tx, actor: Actor, fields: CustomerFields): Promise<Ensured> {
    const { is_new, ...row } = await this.findOrInsert(tx, fields);
    if (is_new) {
      this.tell(tx, actor, contactCreated, row);
      return { customer: row, isNew: true };
    }
    const { name, email, company } = fields;
    const fills = (!row.name && name) || (!row.email && email) || (!row.company && company);
    if (!fills) return { customer: row, isNew: false };
    const filled = await this.customers.fill(tx, row.id, name, email, company);
    if (filled) this.tell(tx, actor, contactUpdated, filled);
    // somebody was quicker: show what he wrote
    return { customer: filled ?? (await this.customers.byCodeOrId(tx, row.id)) ?? row, isNew: false };
  }

  private async findOrInsert(tx: Tx, fields: CustomerFields): Promise<CustomerRow & { is_new: boolean }> {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const found = await this.customers.findOrInsert(tx, fields);
      if (found) return found;
    }
    throw new Error('a customer was neither found nor made');
  }

  private async locked(tx: Tx, codeOrId: string): Promise<CustomerRow> {
    const row = await this.customers.lock(tx, codeOrId);
    if (!row) throw new CustomerNotFound(codeOrId);
    return row;
  }

  private async writeFields(tx: Tx, id: string, fields: Omit<CustomerFields, 'source'>): Promise<CustomerRow> {
    try {
      const row = await tx.savepoint(() => this.customers.change(tx, id, fields));
      if (!row) throw new Error('a locked customer is gone');
      return row;
    } catch (error) {
      if (isUniqueViolation(error, 'customer_phone')) throw await this.taken(tx, fields.phone_e164);
      throw error;
    }
  }

  private async taken(tx: Tx, e164: string | null): Promise<CustomerExists> {
    const owner = e164 ? await this.customers.byPhone(tx, e164) : undefined;
    return new CustomerExists(owner?.code ?? '');
  }

  private tell(tx: Tx, actor: Actor, event: EventDefinition<CustomerView>, row: CustomerRow): void {
    this.eventLog.append(tx, event, customerView(row), {
      actor,
      aggregate: `customer:${row.id}`,
      audience: { roles: ['agent'], scope: 'customers:read' },
      subjectCustomerId: row.id,
    });
  }
}

const FIELDS = ['name', 'phone', 'phone_e164', 'email', 'company', 'notes', 'tags'] as const;

const BLANK: CustomerFields = {
  name: null,
  phone: null,
  phone_e164: null,
  email: null,
  company: null,
  notes: null,
  tags: [],
  source: null,
};

/** The row's fields with what was sent over them; null clears. */
function changed(row: CustomerRow, input: ChangeCustomer): Omit<CustomerFields, 'source'> {
  const { name, phone, phone_e164, email, company, notes, tags } = row;
  return {
    phone_e164,
    name: input.name === undefined ? name : input.name,
    phone: input.phone === undefined ? phone : input.phone,
    email: input.email === undefined ? email : input.email,
    company: input.company === undefined ? company : input.company,
    notes: input.notes === undefined ? notes : input.notes,
    tags: input.tags === undefined ? tags : unique(input.tags ?? []),
  };
}

const unique = (tags: string[]): string[] => [...new Set(tags)];

const same = (before: unknown, after: unknown): boolean =>
  Array.isArray(before) && Array.isArray(after)
    ? before.length === after.length && before.every((value, index) => value === after[index])
    : before === after;

/** A text of another room: null when blank, without NUL, at most `max` characters. */
function short(text: string | null | undefined, max: number): string | null {
  const plain = text?.replaceAll('\0', '').trim().slice(0, max);
  return plain ? plain : null;
}
