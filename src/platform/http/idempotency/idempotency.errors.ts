import { Conflict } from '../../errors';

/** 409: the key came before with another query or body. */
export class IdempotencyKeyReused extends Conflict {
  static override readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor() {
    super('This Idempotency-Key was used before with another request');
  }
}

/** 409: the first request under this key is still being answered. */
export class IdempotencyInProgress extends Conflict {
  static override readonly code = 'IDEMPOTENCY_IN_PROGRESS';
  /** Seconds after which it is worth asking again; the error filter sends them as Retry-After. */
  readonly retryAfter = 1;

  constructor() {
    super('The first request with this Idempotency-Key is still being answered');
  }
}
