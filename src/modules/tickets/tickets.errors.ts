import { Conflict, Invalid, NotFound, PreconditionFailed } from '../../platform/errors';
import { TICKET_TRANSITIONS, type TicketStatus } from './ticket-status';

/** No such ticket, or not yours. */
export class TicketNotFound extends NotFound {
  static override readonly code = 'TICKET_NOT_FOUND';

  constructor(code: string) {
    super(`Ticket '${code.slice(0, 50)}' not found`);
  }
}

/** `into` names no ticket. */
export class MergeTargetNotFound extends NotFound {
  static override readonly code = 'TICKET_NOT_FOUND';

  constructor(code: string) {
    super(`Ticket '${code.slice(0, 50)}' not found`, { into: 'names no ticket' });
  }
}

/** The status cannot be reached from the present one. */
export class IllegalTicketTransition extends Conflict {
  static override readonly code = 'ILLEGAL_TRANSITION';

  constructor(
    private readonly from: TicketStatus,
    private readonly to: TicketStatus,
  ) {
    super(`A ticket that is ${from} cannot become ${to}`);
  }

  override get extra(): Record<string, unknown> {
    return { from: this.from, to: this.to, allowed: TICKET_TRANSITIONS[this.from] };
  }
}

/** The ticket was merged; work goes on in the other one. */
export class TicketMerged extends Conflict {
  static override readonly code = 'TICKET_MERGED';

  constructor(
    code: string,
    private readonly into: string,
  ) {
    super(`Ticket '${code}' was merged into '${into}'`);
  }

  override get extra(): Record<string, unknown> {
    return { merged_into: this.into };
  }
}

/** A ticket cannot swallow itself. */
export class MergeIntoItself extends Conflict {
  static override readonly code = 'MERGE_INTO_ITSELF';

  constructor() {
    super('A ticket cannot be merged into itself', { into: 'is the ticket itself' });
  }
}

/** One subscriber would read what another one wrote. */
export class MergeOfTwoOwners extends Conflict {
  static override readonly code = 'DIFFERENT_OWNERS';

  constructor() {
    super('Tickets of different subscribers cannot be merged');
  }
}

/** `If-Match` names another version than the present one. */
export class TicketChanged extends PreconditionFailed {
  static override readonly code = 'VERSION_MISMATCH';

  constructor(
    code: string,
    private readonly version: number,
  ) {
    super(`Ticket '${code}' has been changed meanwhile: it is at version ${version}`);
  }

  override get extra(): Record<string, unknown> {
    return { version: this.version };
  }
}

/** No such agent to assign to. */
export class AssigneeNotFound extends NotFound {
  static override readonly code = 'AGENT_NOT_FOUND';

  constructor(code: string) {
    super(`Agent '${code}' not found`, { assigned_to: 'names no agent' });
  }
}

/** The agent has left: nothing is assigned to him. */
export class AssigneeInactive extends Conflict {
  static override readonly code = 'AGENT_INACTIVE';

  constructor(code: string) {
    super(`Agent '${code}' is not active`, { assigned_to: 'is not active' });
  }
}

/** The subscriber sent a field that is decided by agents. */
export class NotYoursToSet extends Invalid {
  static override readonly code = 'NOT_YOURS_TO_SET';

  constructor(field: string) {
    super(`${field} is set by agents`, { [field]: 'is set by agents' });
  }
}
