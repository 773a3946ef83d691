import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import type { Tx } from '../../platform/database/database';
import { CustomerErasure, type ErasedCustomer } from '../customers';
import { MirrorRepository } from './mirror/mirror.repository';
import { ERASED } from './processes/sales-process.repository';

/**
 * Takes a person out of his sales: who he is, and what the gateway or an agent wrote of him, or will write of a sale that
 * still goes on. That there was a sale, under which id and what became of it stays; so does what DTech has. Appwrite is
 * owed the same.
 */
@Injectable()
export class SalesErasure implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly erasure: CustomerErasure,
    private readonly mirror: MirrorRepository,
  ) {}

  onModuleInit(): void {
    this.erasure.register({ room: 'dtech', redact: (tx, customer) => this.redact(tx, customer) });
  }

  private async redact(tx: Tx, customer: ErasedCustomer): Promise<void> {
    const idsOf = async (sql: string, params: unknown[]): Promise<string[]> =>
      (await tx.rows<{ id: string }>(sql, params)).map(({ id }) => id);
    const sales = await idsOf(
      `update sales_process set lead_name = $2::text, lead_phone = $2::text, external_reference = null, lead_details = '{}',
         gateway_status = null, stop_reason = case when stop_reason is null then null else $2::text end,
         failure = case when failure is null then null else $2::text end, url = null, updated_at = now()
        where customer_id = $1 returning id`,
      [customer.id, ERASED],
    );
    const recordings = await idsOf(
      `update sale_recording set file_name = $2::text, updated_at = now() where process_id = any($1::uuid[]) returning id`,
      [sales, ERASED],
    );
    if (!this.config.appwrite) return;
    await this.mirror.owe(tx, 'sale', sales);
    await this.mirror.owe(tx, 'recording', recordings);
  }
}
