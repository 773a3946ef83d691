import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';

/** An agent, as a lead names him. */
export interface DialerAgent {
  id: string;
  code: string;
  name: string;
  username: string | null;
}

/** Knows agents by what the dialer calls them. */
@Injectable()
export class DialerAgents {
  constructor(private readonly database: Database) {}

  /**
   * The active agent linked to the dialer's user id; else the one whom `user` names: the same link, his e-mail address,
   * or the part of it before the @ where that is his alone.
   */
  async find(dialerUserId: string | undefined, user: string | undefined): Promise<DialerAgent | undefined> {
    const linked = await this.linked(dialerUserId ?? user ?? '');
    if (linked || user === undefined) return linked;
    if (dialerUserId !== undefined) {
      const byUser = await this.linked(user);
      if (byUser) return byUser;
    }
    const local = user.split('@', 1)[0] ?? '';
    const named = await this.database.read.rows<DialerAgent & { email: string }>(
      `select ${COLUMNS}, email from agent where lower(split_part(email, '@', 1)) = lower($1) and is_active limit 20`,
      [local],
    );
    if (user.includes('@')) return named.find((agent) => agent.email.toLowerCase() === user.toLowerCase());
    return named.length === 1 ? named[0] : undefined;
  }

  private linked(dialerUserId: string): Promise<DialerAgent | undefined> {
    return this.database.read.one<DialerAgent>(
      `select ${COLUMNS} from agent where lower(dialer_user_id) = lower($1) and is_active`,
      [dialerUserId],
    );
  }
}

const COLUMNS = 'id, code, name, coalesce(dialer_user_id, email) as username';
