import { Conflict, NotFound } from '../../platform/errors';
import type { AgentStatus } from './agent-status';

/** No agent of that number. */
export class AgentNotFound extends NotFound {
  static override readonly code = 'AGENT_NOT_FOUND';

  constructor(agent: string) {
    super(`Agent '${agent}' not found`);
  }
}

/** The caller is signed in, but no agent. */
export class NoAgentProfile extends NotFound {
  static override readonly code = 'AGENT_PROFILE_NOT_FOUND';

  constructor() {
    super('Agent profile not found');
  }
}

/** `offered`, `on_call` and `wrap_up` follow from calls and cannot be set by hand. */
export class StatusIsSystems extends Conflict {
  static override readonly code = 'STATUS_IS_SYSTEMS';

  constructor(status: AgentStatus) {
    super(`Status '${status}' follows from calls and cannot be set by hand`, { status: 'cannot be set by hand' });
  }
}

/** The system asked for a change of status that the table of changes does not list. */
export class IllegalAgentStatus extends Conflict {
  static override readonly code = 'ILLEGAL_TRANSITION';

  constructor(
    from: AgentStatus,
    to: AgentStatus,
    private readonly allowed: readonly AgentStatus[],
  ) {
    super(`An agent who is '${from}' cannot become '${to}'`);
  }

  override get extra(): Record<string, unknown> {
    return { allowed: this.allowed };
  }
}

/** A disabled agent takes no calls. */
export class AgentInactive extends Conflict {
  static override readonly code = 'AGENT_INACTIVE';

  constructor() {
    super('This agent is disabled');
  }
}

/** The account has an agent profile already, or the dialer's name belongs to another agent. */
export class AgentExists extends Conflict {
  static override readonly code = 'AGENT_EXISTS';

  constructor(field: 'user_id' | 'dialer_user_id') {
    super(`${field} belongs to another agent`, { [field]: 'belongs to another agent' });
  }
}

/** No account of that id. */
export class AgentUserNotFound extends NotFound {
  static override readonly code = 'USER_NOT_FOUND';

  constructor() {
    super('There is no such user', { user_id: 'is unknown' });
  }
}
