import { Conflict, NotFound } from '../../platform/errors';

/** No customer of that number or key. */
export class CustomerNotFound extends NotFound {
  static override readonly code = 'CUSTOMER_NOT_FOUND';

  constructor(customer: string) {
    super(`Customer '${customer}' not found`);
  }
}

/** The telephone number belongs to another customer already; `customer_id` says to whom. */
export class CustomerExists extends Conflict {
  static override readonly code = 'CUSTOMER_EXISTS';

  constructor(private readonly customerCode: string) {
    super(`The telephone number belongs to customer ${customerCode}`, { phone: 'belongs to another customer' });
  }

  override get extra(): Record<string, unknown> {
    return { customer_id: this.customerCode };
  }
}

/** The person's data has been removed; nothing more is to be written about him. */
export class CustomerAnonymised extends Conflict {
  static override readonly code = 'CUSTOMER_ANONYMISED';

  constructor() {
    super('The data of this customer has been removed');
  }
}

/** Something still needs the person's data, a call in progress for example. */
export class CustomerInUse extends Conflict {
  static override readonly code = 'CUSTOMER_IN_USE';
}
