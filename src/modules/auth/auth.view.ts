import type { UserActor } from '../../platform/access/actor';
import type { TokenPair } from './sessions';
import type { UserAccount, UserRole } from './user-account.entity';

/** A user, as people may see him. */
export class UserView {
  /** @example "01890a5d-ac96-774b-bcce-b302099a8057" */
  id: string;
  /** @example "user@example.com" */
  email: string;
  /** @example "John" */
  first_name: string;
  /** @example "Doe" */
  last_name: string;
  /** @example "+442079460123" */
  phone: string | null;
  /** @example "user" */
  role: UserRole;
  /** @example true */
  is_active: boolean;
  /** @example "2026-01-15T09:30:00.000Z" */
  last_login_at: string | null;
  /** @example "2026-01-10T08:00:00.000Z" */
  created_at: string;
}

/** The tokens of a session. */
export class TokensView {
  /**
   * Send it as `Authorization: Bearer …`; lives 15 minutes.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln"
   */
  access: string;
  /**
   * Exchange it at `/api/auth/refresh`; works once.
   * @example "rT0cXl2W0pYt6oG3bq1mJm0Y0W3m7cTq1bVqVgk9yXo"
   */
  refresh: string;
  /** @example "Bearer" */
  token_type: string;
  /**
   * Seconds the access token lives.
   * @example 900
   */
  expires_in: number;
}

/** Answer of registering and signing in. */
export class SignedInView {
  /** @example true */
  success: boolean;
  /** @example "Login successful" */
  message: string;
  user: UserView;
  tokens: TokensView;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

/** The next pair of tokens. */
export class RefreshedView {
  /** @example true */
  success: boolean;
  /** @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln" */
  access: string;
  /** @example "rT0cXl2W0pYt6oG3bq1mJm0Y0W3m7cTq1bVqVgk9yXo" */
  refresh: string;
  /** @example 900 */
  expires_in: number;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

/** Answer that has nothing to say but that it was done. */
export class DoneView {
  /** @example true */
  success: boolean;
  /** @example "Done" */
  message: string;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

/** The agent profile of whoever asks. */
export class OwnAgentView {
  /** @example "01890a5d-ac96-774b-bcce-b302099a8057" */
  id: string;
  /** @example "AGT-001" */
  code: string;
  /** @example ["sales"] */
  departments: string[];
  /** @example false */
  is_supervisor: boolean;
}

/** Who asks. */
export class MeView {
  /** @example true */
  success: boolean;
  user: UserView;
  agent: OwnAgentView | null;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

/** One user. */
export class OneUserView {
  /** @example true */
  success: boolean;
  user: UserView;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

/** A page of users. */
export class UsersView {
  /** @example true */
  success: boolean;
  users: UserView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-01-15T09:30:00.000Z" */
  timestamp: string;
}

const now = (): string => new Date().toISOString();

export const userView = (user: UserAccount): UserView => ({
  id: user.id,
  email: user.email,
  first_name: user.first_name,
  last_name: user.last_name,
  phone: user.phone,
  role: user.role,
  is_active: user.is_active,
  last_login_at: user.last_login_at?.toISOString() ?? null,
  created_at: user.created_at.toISOString(),
});

export const signedInView = (message: string, user: UserAccount, pair: TokenPair): SignedInView => ({
  success: true,
  message,
  user: userView(user),
  tokens: { access: pair.access, refresh: pair.refresh, token_type: 'Bearer', expires_in: pair.expiresIn },
  timestamp: now(),
});

export const refreshedView = (pair: TokenPair): RefreshedView => ({
  success: true,
  access: pair.access,
  refresh: pair.refresh,
  expires_in: pair.expiresIn,
  timestamp: now(),
});

export const doneView = (message: string): DoneView => ({ success: true, message, timestamp: now() });

export const meView = (user: UserAccount, { agent }: UserActor): MeView => ({
  success: true,
  user: userView(user),
  agent: agent
    ? { id: agent.id, code: agent.code, departments: agent.departments, is_supervisor: agent.isSupervisor }
    : null,
  timestamp: now(),
});

export const oneUserView = (user: UserAccount): OneUserView => ({
  success: true,
  user: userView(user),
  timestamp: now(),
});

export const usersView = (users: UserAccount[], nextCursor: string | null): UsersView => ({
  success: true,
  users: users.map(userView),
  count: users.length,
  next_cursor: nextCursor,
  timestamp: now(),
});
