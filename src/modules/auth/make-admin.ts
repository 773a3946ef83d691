import { systemActor } from '../../platform/access/actor';
import { Audit } from '../../platform/audit/audit';
import type { Database } from '../../platform/database/database';
import { Accounts, normalEmail } from './accounts';
import { NewUserSteps } from './new-user-steps';
import { Passwords } from './passwords';

/**
 * For whoever holds the machine: makes an admin, or gives the account with this e-mail the role and the password,
 * enables it and ends its sessions. Needs no running product. Says which of the two it did.
 */
export async function makeAdmin(
  database: Database,
  { email, password }: { email: string; password: string },
): Promise<'created' | 'promoted'> {
  const actor = systemActor('create-admin');
  const password_hash = await new Passwords().hash(password);
  return database.transaction(async (tx) => {
    const existing = await tx.one<{ id: string }>(
      `update user_account set role = 'admin', is_active = true, password_hash = $2, updated_at = now()
       where email = $1 returning id`,
      [normalEmail(email), password_hash],
    );
    if (!existing) {
      // an admin has no profile elsewhere, so there are no steps of other rooms to take
      const user = await new Accounts(new NewUserSteps()).create(tx, actor, { email, password_hash, role: 'admin' });
      await new Audit().record(tx, actor, 'user.registered', `user:${user.id}`, { role: 'admin' });
      return 'created';
    }
    await tx.rows(
      `update session set ended_at = now(), end_reason = 'password_reset' where user_id = $1 and ended_at is null`,
      [existing.id],
    );
    // a reset that was mailed before must not take the account back
    await tx.rows('update password_reset set used_at = now() where user_id = $1 and used_at is null', [existing.id]);
    await new Audit().record(tx, actor, 'user.role_changed', `user:${existing.id}`, { to: 'admin' });
    return 'promoted';
  });
}
