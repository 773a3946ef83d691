/** What is wrong with a field: its name, and a sentence about it. */
export type ErrorDetails = Record<string, string>;

/**
 * An error that a caller may see. Rooms extend one of the kinds below and give it a stable upper-case `code`;
 * `platform/http/error.filter.ts` alone turns it into a status and the body of the surface.
 */
export abstract class DomainError extends Error {
  static readonly status: number = 500;
  static readonly code: string = 'INTERNAL';

  constructor(
    message: string,
    readonly details?: ErrorDetails,
  ) {
    super(message);
    this.name = new.target.name;
  }

  get status(): number {
    return (this.constructor as typeof DomainError).status;
  }

  get code(): string {
    return (this.constructor as typeof DomainError).code;
  }

  /** Extra members of the body, such as `allowed` on an illegal transition. */
  get extra(): Record<string, unknown> {
    return {};
  }
}

/** 400: the input is wrong; `details` names the fields. */
export class Invalid extends DomainError {
  static override readonly status: number = 400;
  static override readonly code: string = 'INVALID_INPUT';
}

/** 401: nobody is signed in, or the credential is wrong or over. */
export class Unauthenticated extends DomainError {
  static override readonly status: number = 401;
  static override readonly code: string = 'UNAUTHENTICATED';

  constructor(message = 'Authentication required', details?: ErrorDetails) {
    super(message, details);
  }
}

/** 402: the payment was refused. */
export class PaymentRequired extends DomainError {
  static override readonly status: number = 402;
  static override readonly code: string = 'PAYMENT_REQUIRED';
}

/** 403: signed in, but not allowed. */
export class Forbidden extends DomainError {
  static override readonly status: number = 403;
  static override readonly code: string = 'FORBIDDEN';

  constructor(message = 'You are not allowed to do this', details?: ErrorDetails) {
    super(message, details);
  }
}

/** 404: not there, or not yours; the two look alike. */
export class NotFound extends DomainError {
  static override readonly status: number = 404;
  static override readonly code: string = 'NOT_FOUND';

  constructor(message = 'Not found', details?: ErrorDetails) {
    super(message, details);
  }
}

/** 408: the request did not arrive in time. */
export class RequestTimeout extends DomainError {
  static override readonly status: number = 408;
  static override readonly code: string = 'REQUEST_TIMEOUT';
}

/** 409: illegal in the present state. */
export class Conflict extends DomainError {
  static override readonly status: number = 409;
  static override readonly code: string = 'CONFLICT';
}

/** 412: `If-Match` names another version. */
export class PreconditionFailed extends DomainError {
  static override readonly status: number = 412;
  static override readonly code: string = 'PRECONDITION_FAILED';
}

/** 413: the body is larger than the route takes. */
export class TooLarge extends DomainError {
  static override readonly status: number = 413;
  static override readonly code: string = 'TOO_LARGE';
}

/** 415: the body is of a type the route does not read. */
export class UnsupportedMediaType extends DomainError {
  static override readonly status: number = 415;
  static override readonly code: string = 'UNSUPPORTED_MEDIA_TYPE';
}

/** 429: too many requests; `retryAfter` in whole seconds. */
export class TooManyRequests extends DomainError {
  static override readonly status: number = 429;
  static override readonly code: string = 'TOO_MANY_REQUESTS';

  constructor(
    readonly retryAfter: number,
    message = 'Too many requests',
  ) {
    super(message);
  }
}

/** 502: a system behind us answered wrongly. */
export class BadGateway extends DomainError {
  static override readonly status: number = 502;
  static override readonly code: string = 'BAD_GATEWAY';
}

/** 503: not set up, or not up at present. */
export class Unavailable extends DomainError {
  static override readonly status: number = 503;
  static override readonly code: string = 'UNAVAILABLE';
}

/** 504: a system behind us did not answer in time. */
export class GatewayTimeout extends DomainError {
  static override readonly status: number = 504;
  static override readonly code: string = 'GATEWAY_TIMEOUT';
}
