import { Conflict, NotFound, Unavailable } from '../../platform/errors';
import { type CallStatus, TRANSITIONS } from './call-state';

/** There is no such call, or it is not yours. */
export class CallNotFound extends NotFound {
  static override readonly code = 'CALL_NOT_FOUND';

  constructor(callId: string) {
    super(`Call '${callId}' not found`);
  }
}

/** A call in this status cannot go to that one; `allowed` lists where it can go. */
export class IllegalTransition extends Conflict {
  static override readonly code = 'ILLEGAL_TRANSITION';

  constructor(
    private readonly from: CallStatus,
    to: string,
  ) {
    super(`A call that is ${from} cannot become ${to}`);
  }

  override get extra(): Record<string, unknown> {
    return { status: this.from, allowed: TRANSITIONS[this.from] };
  }
}

/** The call does not allow this as it stands; `status` says how it stands. */
export class NotPossibleNow extends Conflict {
  static override readonly code = 'NOT_POSSIBLE_NOW';

  constructor(
    private readonly now: CallStatus,
    message: string,
  ) {
    super(message);
  }

  override get extra(): Record<string, unknown> {
    return { status: this.now, allowed: TRANSITIONS[this.now] };
  }
}

/** A call is in progress with somebody: it needs an agent, and there is none to assign. */
export class NoAgentAssigned extends Conflict {
  static override readonly code = 'NO_AGENT_ASSIGNED';
}

/** There is no such agent. */
export class TargetAgentNotFound extends NotFound {
  static override readonly code = 'AGENT_NOT_FOUND';

  constructor(agentId: string) {
    super(`Agent '${agentId}' not found`);
  }
}

/** The agent carries as many calls as he may, is away, or is being asked already. */
export class AgentNotFree extends Conflict {
  static override readonly code = 'AGENT_NOT_FREE';

  constructor(agentId: string, status: string) {
    super(`Agent '${agentId}' is not free (${status})`);
  }
}

/** There is no such offer for you. */
export class OfferNotFound extends NotFound {
  static override readonly code = 'OFFER_NOT_FOUND';
}

/** The offer was accepted, passed on or withdrawn meanwhile. */
export class OfferOver extends Conflict {
  static override readonly code = 'OFFER_OVER';
}

/** The call is over, so its transcript takes no more. */
export class TranscriptClosed extends Conflict {
  static override readonly code = 'TRANSCRIPT_CLOSED';
}

/** No telephone company is set up. */
export class TelephonyNotConfigured extends Unavailable {
  static override readonly code = 'TELEPHONY_NOT_CONFIGURED';

  constructor() {
    super('Telephony is not configured: set the TWILIO_ variables');
  }
}

/** There is no such callback. */
export class CallbackNotFound extends NotFound {
  static override readonly code = 'CALLBACK_NOT_FOUND';
}

/** It was canceled, or has become a call already. */
export class CallbackOver extends Conflict {
  static override readonly code = 'CALLBACK_OVER';
}

/** There is no such department. */
export class DepartmentNotFound extends NotFound {
  static override readonly code = 'DEPARTMENT_NOT_FOUND';
}

/** You are no agent, so there is nothing of yours to show. */
export class NoAgentProfile extends NotFound {
  static override readonly code = 'AGENT_PROFILE_NOT_FOUND';

  constructor() {
    super('You have no agent profile');
  }
}

/** You are not in wrap-up, or have had your extension. */
export class NoWrapUp extends Conflict {
  static override readonly code = 'NO_WRAP_UP';
}
