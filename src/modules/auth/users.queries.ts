import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Database } from '../../platform/database/database';
import { decodeCursor, type Page, pageOf } from '../../platform/http/page';
import { Invalid } from '../../platform/errors';
import type { UserAccount } from './user-account.entity';
import type { UsersQuery } from './users.dto';

/** Lists of users. */
@Injectable()
export class UsersQueries {
  constructor(private readonly database: Database) {}

  /** Users, newest first. */
  async list(query: UsersQuery): Promise<Page<UserAccount>> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = ['true'];
    if (query.role) where.push(`role = ${param(query.role)}`);
    if (query.status) where.push(`is_active = ${param(query.status === 'active')}`);
    if (query.search) {
      const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`;
      where.push(`(first_name || ' ' || last_name || ' ' || email) ilike ${param(pattern)}`);
    }
    const after = newestCursor(query.cursor);
    if (after) where.push(`(created_at, id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    const rows = await this.database.read.rows<UserAccount>(
      `select * from user_account where ${where.join(' and ')}
       order by created_at desc, id desc limit ${param(query.limit + 1)}`,
      params,
    );
    return pageOf(rows, query.limit, (user) => [user.created_at.toISOString(), user.id]);
  }
}

/** The key of a list ordered newest first. Throws Invalid when it was tampered with. */
export function newestCursor(cursor: string | undefined): { at: string; id: string } | undefined {
  const key = decodeCursor(cursor, 2);
  if (!key) return undefined;
  const [at, id] = key.map(String) as [string, string];
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) || Number.isNaN(Date.parse(at)) || !isUUID(id)) {
    throw new Invalid('cursor is not one of ours', { cursor: 'is not one of ours' });
  }
  return { at, id };
}
