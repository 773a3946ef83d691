import { Injectable } from '@nestjs/common';
import { type Actor, systemActor, type UserActor } from '../../platform/access/actor';
import { Audit } from '../../platform/audit/audit';
import { Database, type Tx } from '../../platform/database/database';
import { Invalid, TooManyRequests } from '../../platform/errors';
import { Accounts } from './accounts';
import type { LoginDto, PasswordChangeDto, RegisterDto } from './auth.dto';
import { RoleNotAllowed, TokenRefused, UserNotFound, WrongCredentials, WrongPassword } from './auth.errors';
import { Passwords } from './passwords';
import { type OpenedSession, Sessions, type TokenPair } from './sessions';
import { type Permit, SignInSlowdown } from './sign-in-slowdown';
import type { UserAccount, UserRole } from './user-account.entity';
import { USER_ROLES } from './users.dto';
import type { Visitor } from './visitor';

/** Somebody who has just signed in. */
export interface SignedIn {
  user: UserAccount;
  session: OpenedSession;
}

const HOT_WAIT_SECONDS = 60;

/** Registering, signing in and out, and going on with a refresh token. */
@Injectable()
export class AuthService {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly slowdown: SignInSlowdown,
    private readonly audit: Audit,
  ) {}

  /** Makes an account and opens its first session. Only an admin may give another role than `user`. */
  async register(actor: Actor | undefined, visitor: Visitor, input: RegisterDto): Promise<SignedIn> {
    const isAdmin = actor?.role === 'admin';
    const role = roleFor(isAdmin, input.role);
    if (input.password_confirm !== undefined && input.password_confirm !== input.password) {
      throw new Invalid('Passwords do not match', { password_confirm: 'does not match password' });
    }
    if (!isAdmin) await this.slowdown.tryRegister(visitor, input.email);
    const password_hash = await this.passwords.hash(input.password);
    const by = isAdmin ? actor : systemActor('registration');
    return this.database.transaction(async (tx) => {
      const { password: _secret, password_confirm: _same, ...rest } = input;
      const user = await this.accounts.create(tx, by, { ...rest, role, password_hash }, { ...rest });
      if (role !== 'user') await this.audit.record(tx, by, 'user.registered', `user:${user.id}`, { role });
      return { user, session: await this.sessions.open(tx, user.id, visitor) };
    });
  }

  /** Opens a session. An unknown e-mail, a wrong password and a disabled account cost the same and look the same. */
  async login(visitor: Visitor, input: LoginDto): Promise<SignedIn> {
    const permit = await this.slowdown.trySignIn(visitor, input.email);
    const found = await this.database.read.one<Pick<UserAccount, 'id' | 'password_hash'>>(
      'select id, password_hash from user_account where email = $1',
      [input.email],
    );
    const matches = await this.passwords.matches(found?.password_hash, input.password);
    const signedIn = await this.database.transaction(async (tx) => {
      // read again under a lock: he may have been disabled, or his password reset, while we were hashing
      const user = await tx.one<UserAccount>(
        `update user_account set last_login_at = now()
         where id = $1 and password_hash = $2 and is_active and $3 returning *`,
        [found?.id ?? null, found?.password_hash ?? '', matches],
      );
      if (!user) return this.refused(tx, visitor, input.email);
      await this.slowdown.succeeded(tx, permit);
      return { user, session: await this.sessions.open(tx, user.id, visitor) };
    });
    if (!signedIn) throw this.refusal(permit);
    return signedIn;
  }

  /** The next pair of tokens. Throws TokenRefused when the token is unknown, over or used before. */
  async refresh(token: string): Promise<TokenPair> {
    // the session that a used token ends must stay ended, so the refusal is thrown after the commit
    const pair = await this.database.transaction((tx) => this.sessions.rotate(tx, token));
    if (!pair) throw new TokenRefused('The refresh token is not valid or has expired');
    return pair;
  }

  /** Ends the session of whoever asks; its access token is worth nothing from here on. */
  async logout(actor: UserActor): Promise<void> {
    await this.database.transaction((tx) => this.sessions.end(tx, actor.sessionId, 'logout'));
  }

  /**
   * Sets another password for whoever asks, and ends his other sessions. The present one is asked for and tries are
   * counted as at the door, so that an unattended browser does not give the account away. Throws WrongPassword.
   */
  async changePassword(actor: UserActor, visitor: Visitor, input: PasswordChangeDto): Promise<void> {
    const { email, password_hash } = await this.me(actor);
    const permit = await this.slowdown.trySignIn(visitor, email);
    if (!(await this.passwords.matches(password_hash, input.current_password))) throw new WrongPassword();
    const next = await this.passwords.hash(input.new_password);
    await this.database.transaction(async (tx) => {
      // of two changes at once, or a reset meanwhile, one wins
      const changed = await tx.one(
        `update user_account set password_hash = $3, updated_at = now()
         where id = $1 and password_hash = $2 and is_active returning id`,
        [actor.id, password_hash, next],
      );
      if (!changed) throw new WrongPassword();
      // whoever read the mailbox, or sits at another machine, has nothing from here on
      await tx.rows('update password_reset set used_at = now() where user_id = $1 and used_at is null', [actor.id]);
      await this.sessions.endAll(tx, actor.id, 'password_changed', actor.sessionId);
      await this.audit.record(tx, actor, 'user.password_changed', `user:${actor.id}`);
      await this.slowdown.succeeded(tx, permit);
    });
  }

  /** The account of whoever asks. */
  async me(actor: UserActor): Promise<UserAccount> {
    const user = await this.database.read.one<UserAccount>('select * from user_account where id = $1', [actor.id]);
    if (!user) throw new UserNotFound();
    return user;
  }

  private async refused(tx: Tx, visitor: Visitor, email: string): Promise<undefined> {
    const { address } = visitor;
    await this.audit.record(tx, systemActor('sign-in'), 'sign_in.failed', `email:${email}`, { address });
    return undefined;
  }

  private refusal(permit: Permit): Error {
    return permit.isUnderAttack ? new TooManyRequests(HOT_WAIT_SECONDS) : new WrongCredentials();
  }
}

/** The role a registration gets. Throws RoleNotAllowed when somebody else than an admin asks for more than `user`. */
function roleFor(isAdmin: boolean, asked: string | undefined): UserRole {
  if (asked === undefined || asked === 'user') return 'user';
  if (!isAdmin) throw new RoleNotAllowed();
  const role = USER_ROLES.find((known) => known === asked);
  if (!role) {
    const reason = `must be one of ${USER_ROLES.join(', ')}`;
    throw new Invalid(`role ${reason}`, { role: reason });
  }
  return role;
}
