import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database';

/** The customer whose data is being removed, as he was. */
export interface ErasedCustomer {
  id: string;
  code: string;
  phone_e164: string | null;
}

/** What another room keeps of a customer, and how it removes it. */
export interface CustomerErasureStep {
  /** `calls` */
  room: string;
  /** A sentence why the data cannot go just now; undefined when it can. */
  check?(tx: Tx, customer: ErasedCustomer): Promise<string | undefined>;
  /** Removes or blanks the room's data of this person, in the transaction that anonymises him. */
  redact(tx: Tx, customer: ErasedCustomer): Promise<void>;
}

/** Where rooms above register what they keep of customers (in `onModuleInit`), so that this room need not know them. */
@Injectable()
export class CustomerErasure {
  private readonly steps: CustomerErasureStep[] = [];

  register(step: CustomerErasureStep): void {
    this.steps.push(step);
  }

  /** The first room's reason against it, if any. */
  async objection(tx: Tx, customer: ErasedCustomer): Promise<string | undefined> {
    for (const step of this.steps) {
      const reason = await step.check?.(tx, customer);
      if (reason) return reason;
    }
    return undefined;
  }

  async redact(tx: Tx, customer: ErasedCustomer): Promise<void> {
    for (const step of this.steps) await step.redact(tx, customer);
  }
}
