import { Conflict, Forbidden, Invalid, NotFound, Unauthenticated } from '../../platform/errors';

/** The caller's address is not on the dialer's allow-list. */
export class AddressNotAllowed extends Forbidden {
  static override readonly code = 'ADDRESS_NOT_ALLOWED';
}

/** Production takes leads over TLS only. */
export class TlsRequired extends Forbidden {
  static override readonly code = 'HTTPS_REQUIRED';
}

/** The dialer's key is missing or wrong. */
export class WrongDialerKey extends Unauthenticated {
  static override readonly code = 'INVALID_API_KEY';
}

/** The signature is missing, wrong, or of a form that is not accepted. */
export class WrongSignature extends Unauthenticated {
  static override readonly code = 'INVALID_SIGNATURE';
}

/** The signed time is missing or more than five minutes away. */
export class StaleTimestamp extends Unauthenticated {
  static override readonly code = 'STALE_TIMESTAMP';
}

/** This very request has been here before. */
export class Replayed extends Unauthenticated {
  static override readonly code = 'REPLAYED';
}

/** The dialer did not say which agent it was. */
export class AgentMissing extends Invalid {
  static override readonly code = 'MISSING_FIELDS';
}

/** No active agent is linked to what the dialer calls him. */
export class DialerAgentNotFound extends NotFound {
  static override readonly code = 'AGENT_NOT_FOUND';
}

/** There is no such lead. */
export class LeadNotFound extends NotFound {
  static override readonly code = 'LEAD_NOT_FOUND';
}

/** There is no such callback. */
export class CallbackNotFound extends NotFound {
  static override readonly code = 'CALLBACK_NOT_FOUND';
}

/** The dialer keeps one pending callback of a lead. */
export class CallbackExists extends Conflict {
  static override readonly code = 'CALLBACK_EXISTS';
}
