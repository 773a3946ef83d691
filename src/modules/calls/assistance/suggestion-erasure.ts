import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../platform/database/database';
import { CustomerErasure, type CustomerErasureStep, type ErasedCustomer } from '../../customers';

const ERASED = '(removed)';

/** Removes what was said in the calls of a person from the suggestions that were made of it. */
@Injectable()
export class SuggestionErasure implements CustomerErasureStep, OnModuleInit {
  readonly room = 'assistance';

  constructor(private readonly erasure: CustomerErasure) {}

  onModuleInit(): void {
    this.erasure.register(this);
  }

  async redact(tx: Tx, customer: ErasedCustomer): Promise<void> {
    await tx.rows(
      `update assistance_suggestion set message = $2, context = null, suggestion = $2, sources = '[]',
         outcome_text = case when outcome_text is null then null else $2 end
        where call_id in (select id from call where customer_id = $1)`,
      [customer.id, ERASED],
    );
  }
}
