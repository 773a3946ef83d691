/** The agent profile behind a user, as far as access is decided by it. */
export interface AgentProfile {
  /** Primary key of the agent. */
  id: string;
  /** Public code, `AGT-001`. */
  code: string;
  /** Departments he works for; none means all. */
  departments: string[];
  isSupervisor: boolean;
}

/** A person, signed in. */
export interface UserActor {
  kind: 'user';
  /** Primary key of the user. */
  id: string;
  role: 'admin' | 'agent' | 'user';
  sessionId: string;
  agent?: AgentProfile;
}

/** A service with an API key. */
export interface ApiKeyActor {
  kind: 'api_key';
  id: string;
  role: 'service';
  scopes: string[];
  agent?: undefined;
}

/** Ourselves (`system`), the dialer, or a provider's signed callback. */
export interface MachineActor {
  kind: 'system' | 'dialer' | 'provider';
  /** What exactly: `event-relay`, `twilio`. */
  id: string;
  role: 'system';
  agent?: undefined;
}

/** Who asks. Every use case takes it first. */
export type Actor = UserActor | ApiKeyActor | MachineActor;

/** What is kept of an actor on events and in histories. */
export interface ActorSnapshot {
  kind: Actor['kind'];
  id: string;
  /** `AGT-001` when an agent acted. */
  agent?: string;
}

/** The actor as histories keep it. */
export const snapshot = (actor: Actor): ActorSnapshot => ({
  kind: actor.kind,
  id: actor.id,
  ...(actor.agent ? { agent: actor.agent.code } : {}),
});

/** The product itself, acting by its own rules. */
export const systemActor = (id: string): MachineActor => ({ kind: 'system', id, role: 'system' });
