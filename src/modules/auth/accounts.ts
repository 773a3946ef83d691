import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { isUniqueViolation, type Tx } from '../../platform/database/database';
import { newId } from '../../platform/time/ids';
import { EmailTaken } from './auth.errors';
import { NewUserSteps } from './new-user-steps';
import type { UserAccount, UserRole } from './user-account.entity';

/** An account to be made; the e-mail in any case, the password hashed (`Passwords.hash`) before the transaction. */
export interface AccountInput {
  email: string;
  password_hash: string;
  role: UserRole;
  first_name?: string;
  last_name?: string;
  phone?: string;
}

/** Makes accounts; the one way a user comes into being. */
@Injectable()
export class Accounts {
  constructor(private readonly steps: NewUserSteps) {}

  /**
   * Makes an account and runs the steps of the rooms above. Throws EmailTaken when the e-mail has one.
   * `extra` is handed to the steps.
   */
  async create(
    tx: Tx,
    actor: Actor,
    input: AccountInput,
    extra: Readonly<Record<string, unknown>> = {},
  ): Promise<UserAccount> {
    const user = await this.insert(tx, input);
    const { id, role, email, first_name, last_name, phone } = user;
    await this.steps.run(tx, actor, { id, role, email, first_name, last_name, phone: phone ?? undefined }, extra);
    return user;
  }

  /** Where to tell those who run the house: the e-mails of active admins. */
  async adminEmails(tx: Tx): Promise<string[]> {
    const rows = await tx.rows<{ email: string }>(
      `select email from user_account where role = 'admin' and is_active order by created_at limit 100`,
    );
    return rows.map((row) => row.email);
  }

  private async insert(tx: Tx, input: AccountInput): Promise<UserAccount> {
    try {
      const user = await tx.savepoint(() =>
        tx.one<UserAccount>(
          `insert into user_account (id, email, password_hash, role, first_name, last_name, phone)
           values ($1, $2, $3, $4, $5, $6, $7) returning *`,
          [
            newId(),
            normalEmail(input.email),
            input.password_hash,
            input.role,
            input.first_name ?? '',
            input.last_name ?? '',
            input.phone ?? null,
          ],
        ),
      );
      if (!user) throw new Error('the insert returned nothing');
      return user;
    } catch (error) {
      if (isUniqueViolation(error, 'user_account_email')) throw new EmailTaken();
      throw error;
    }
  }
}

/** An e-mail as it is stored and looked up. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();
