import type { AgentProfile, ApiKeyActor, UserActor } from '../../src/platform/access/actor';
import { newId } from '../../src/platform/time/ids';

/** A signed-in admin who exists in no table. */
export const anAdmin = (): UserActor => ({ kind: 'user', id: newId(), role: 'admin', sessionId: newId() });

/** A signed-in subscriber. */
export const aUser = (): UserActor => ({ kind: 'user', id: newId(), role: 'user', sessionId: newId() });

/** A signed-in agent, by default of no department. */
export const anAgent = (profile: Partial<AgentProfile> = {}): UserActor => ({
  kind: 'user',
  id: newId(),
  role: 'agent',
  sessionId: newId(),
  agent: { id: newId(), code: 'AGT-900', departments: [], isSupervisor: false, ...profile },
});

/** A service with these scopes. */
export const aKey = (...scopes: string[]): ApiKeyActor => ({ kind: 'api_key', id: newId(), role: 'service', scopes });
