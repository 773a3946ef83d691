import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import type { UserAccount, UserRole } from './user-account.entity';

/** The user as the rooms above are told of him. */
export interface NewUser {
  id: string;
  role: UserRole;
  email: string;
  first_name: string;
  last_name: string;
  phone?: string;
}

/** What an admin may change of an account that rooms above keep a copy of, or act on. */
export type AccountState = Pick<UserAccount, 'id' | 'role' | 'is_active' | 'email' | 'first_name' | 'last_name'>;

/** What another room does in the transaction that changes an account's names, or disables or enables it. */
export type AccountStep = (tx: Tx, actor: Actor, before: AccountState, after: AccountState) => Promise<void>;

/**
 * What another room does in the transaction that makes somebody a user, or gives a user another role. Throwing undoes
 * all of it. Because roles come and go, a step must find what an earlier run has left and not fail on it.
 * `input` is what the caller sent beyond the account itself, checked.
 */
export type NewUserStep = (
  tx: Tx,
  actor: Actor,
  user: NewUser,
  input: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** Where rooms above register such steps (in `onModuleInit`), so that this room need not know them. */
@Injectable()
export class NewUserSteps {
  private readonly steps: NewUserStep[] = [];
  private readonly accountSteps: AccountStep[] = [];

  register(step: NewUserStep): void {
    this.steps.push(step);
  }

  /** For what happens to an account later: other names, disabled, enabled. Runs after the steps of a new role. */
  onAccountChange(step: AccountStep): void {
    this.accountSteps.push(step);
  }

  async accountChanged(tx: Tx, actor: Actor, before: AccountState, after: AccountState): Promise<void> {
    for (const step of this.accountSteps) await step(tx, actor, before, after);
  }

  /** Runs every step, in the order of registration. */
  async run(tx: Tx, actor: Actor, user: NewUser, input: Readonly<Record<string, unknown>>): Promise<void> {
    for (const step of this.steps) await step(tx, actor, user, input);
  }
}
