import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../../platform/http/page';
import { PlainText } from './auth.dto';
import type { UserRole } from './user-account.entity';

export const USER_ROLES: readonly UserRole[] = ['admin', 'agent', 'user'];

/** Filters of the list of users. */
export class UsersQuery extends PageQuery {
  /**
   * Only users of this role.
   * @example "agent"
   */
  @IsOptional()
  @IsIn(USER_ROLES)
  role?: UserRole;

  /**
   * `active` or `disabled`.
   * @example "active"
   */
  @IsOptional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  /**
   * Part of a name or of an e-mail.
   * @example "doe"
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @PlainText(100)
  search?: string;
}

/** What an admin changes about a user; what is absent stays. */
export class UpdateUserDto {
  /**
   * A new role. It holds from the next request on, and for live connections within seconds.
   * @example "agent"
   */
  @IsOptional()
  @IsIn(USER_ROLES)
  role?: UserRole;

  /**
   * False disables the account and ends its sessions; true lets it sign in again.
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  is_active?: boolean;

  /**
   * Given name.
   * @example "John"
   */
  @IsOptional()
  @PlainText(150)
  first_name?: string;

  /**
   * Family name.
   * @example "Doe"
   */
  @IsOptional()
  @PlainText(150)
  last_name?: string;
}
