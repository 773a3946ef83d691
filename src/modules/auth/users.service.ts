import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { Actor } from '../../platform/access/actor';
import { Audit } from '../../platform/audit/audit';
import { Database, type Tx } from '../../platform/database/database';
import { LastAdmin, UserNotFound } from './auth.errors';
import { NewUserSteps } from './new-user-steps';
import { Sessions } from './sessions';
import type { UserAccount } from './user-account.entity';
import type { UpdateUserDto } from './users.dto';

/** What admins do with accounts. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly steps: NewUserSteps,
    private readonly audit: Audit,
  ) {}

  /**
   * Changes role, names or whether the account may sign in. Disabling ends its sessions. Throws LastAdmin when nobody
   * would be left to administer, also when two admins remove each other at once.
   */
  async update(actor: Actor, id: string, input: UpdateUserDto): Promise<UserAccount> {
    if (!isUUID(id)) throw new UserNotFound();
    return this.database.transaction(async (tx) => {
      const admins = await this.lockAdmins(tx);
      const before = await tx.one<UserAccount>('select * from user_account where id = $1 for no key update', [id]);
      if (!before) throw new UserNotFound();
      const after = await this.write(tx, id, input);
      const wasAdmin = before.role === 'admin' && before.is_active;
      const isAdmin = after.role === 'admin' && after.is_active;
      if (wasAdmin && !isAdmin && admins <= 1) throw new LastAdmin();
      if (before.role !== after.role) await this.roleChanged(tx, actor, before, after);
      await this.steps.accountChanged(tx, actor, before, after);
      if (before.is_active !== after.is_active) {
        if (!after.is_active) await this.sessions.endAll(tx, id, 'disabled');
        await this.audit.record(tx, actor, after.is_active ? 'user.enabled' : 'user.disabled', `user:${id}`);
      }
      return after;
    });
  }

  /** How many can administer. They are locked in one order, so whoever removes one waits for whoever removes another. */
  private async lockAdmins(tx: Tx): Promise<number> {
    const admins = await tx.rows(
      `select id from user_account where role = 'admin' and is_active order by id for no key update`,
    );
    return admins.length;
  }

  private async write(tx: Tx, id: string, input: UpdateUserDto): Promise<UserAccount> {
    const user = await tx.one<UserAccount>(
      `update user_account set role = coalesce($2, role), is_active = coalesce($3, is_active),
         first_name = coalesce($4, first_name), last_name = coalesce($5, last_name), updated_at = now()
       where id = $1 returning *`,
      [id, input.role ?? null, input.is_active ?? null, input.first_name ?? null, input.last_name ?? null],
    );
    if (!user) throw new UserNotFound();
    return user;
  }

  private async roleChanged(tx: Tx, actor: Actor, before: UserAccount, after: UserAccount): Promise<void> {
    const { id, role, email, first_name, last_name, phone } = after;
    await this.audit.record(tx, actor, 'user.role_changed', `user:${id}`, { from: before.role, to: role });
    await this.steps.run(tx, actor, { id, role, email, first_name, last_name, phone: phone ?? undefined }, {});
  }
}
