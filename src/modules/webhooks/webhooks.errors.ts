import { Conflict, Invalid, NotFound, TooLarge } from '../../platform/errors';

/** No webhook of that id. */
export class WebhookNotFound extends NotFound {
  static override readonly code = 'WEBHOOK_NOT_FOUND';

  constructor(webhook: string) {
    super(`Webhook '${webhook}' not found`);
  }
}

/** No delivery of that id. */
export class DeliveryNotFound extends NotFound {
  static override readonly code = 'DELIVERY_NOT_FOUND';

  constructor() {
    super('Delivery not found');
  }
}

/** We do not connect to such addresses. */
export class UrlNotAllowed extends Invalid {
  static override readonly code = 'URL_NOT_ALLOWED';

  constructor(reason: string) {
    super(`url ${reason}`, { url: reason });
  }
}

/** There is no such event; `available` lists those there are. */
export class UnknownEvent extends Invalid {
  static override readonly code = 'UNKNOWN_EVENT';

  constructor(
    field: 'event' | 'events',
    private readonly available: string[],
  ) {
    super(`${field} names an event that does not exist`, { [field]: `must be of: ${available.join(', ')}` });
  }

  override get extra(): Record<string, unknown> {
    return { available: this.available };
  }
}

/** Nothing is sent to a disabled webhook; set its status to active first. */
export class WebhookIsDisabled extends Conflict {
  static override readonly code = 'WEBHOOK_DISABLED';

  constructor() {
    super('The webhook is disabled; set its status to active first');
  }
}

/** The event is older than what is kept. */
export class EventNotKept extends Conflict {
  static override readonly code = 'EVENT_NOT_KEPT';

  constructor() {
    super('The event is no longer kept');
  }
}

/** The data is larger than a delivery may be. */
export class PayloadTooLarge extends TooLarge {
  static override readonly code = 'PAYLOAD_TOO_LARGE';
}
