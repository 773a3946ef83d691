import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import { Database } from '../../platform/database/database';
import { searchSql } from '../../platform/database/search';
import { decodeTimeCursor, pageOf, timeKey } from '../../platform/http/page';
import { parsePhone } from '../../platform/phone/phone';
import type { CustomerRow } from './customer.entity';
import { type CustomerReply, type CustomersReply, customerView } from './customer.view';
import type { ListCustomers } from './customers.dto';
import { CustomerNotFound } from './customers.errors';
import { CUSTOMER_COLUMNS, CustomersRepository } from './customers.repository';

/** What is read about customers. Whoever may enter sees all of them. */
@Injectable()
export class CustomersQueries {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly customers: CustomersRepository,
  ) {}

  /** A page of customers, newest first. */
  async list(_actor: Actor, query: ListCustomers): Promise<CustomersReply> {
    const { sql, params } = this.listSql(query);
    const page = pageOf(await this.database.read.rows<CustomerRow>(sql, params), query.limit, timeKey);
    return {
      success: true,
      customers: page.rows.map(customerView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** One customer by number or key. */
  async one(_actor: Actor, codeOrId: string): Promise<CustomerReply> {
    const row = await this.customers.byCodeOrId(this.database.read, codeOrId);
    if (!row) throw new CustomerNotFound(codeOrId);
    return { success: true, customer: customerView(row), timestamp: new Date().toISOString() };
  }

  /** The statement of a page; its own method so that a test can ask the database how it would run it. */
  listSql(query: ListCustomers): { sql: string; params: unknown[] } {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where: string[] = [];
    if (query.phone) {
      const e164 = parsePhone(query.phone, { country: this.config.phoneDefaultCountry, spaceMayBePlus: true })?.e164;
      // what is no telephone number is never matched on
      where.push(e164 ? `phone_e164 = ${param(e164)}` : 'false');
    }
    if (query.email) where.push(`lower(email) = lower(${param(query.email)})`);
    if (query.search) where.push(searchSql(query.search, 'search_text', params));
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(created_at, id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    const condition = where.length > 0 ? `where ${where.join(' and ')}` : '';
    return {
      sql: `select ${CUSTOMER_COLUMNS} from customer ${condition}
            order by created_at desc, id desc limit ${param(query.limit + 1)}`,
      params,
    };
  }
}
