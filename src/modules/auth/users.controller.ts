import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';
import { ApiErrors } from '../../platform/http/api-errors';
import { LastAdmin, UserNotFound } from './auth.errors';
import { OneUserView, oneUserView, UsersView, usersView } from './auth.view';
import { UpdateUserDto, UsersQuery } from './users.dto';
import { UsersQueries } from './users.queries';
import { UsersService } from './users.service';

@ApiTags('auth')
@Allow(['admin'], null)
@Controller('api/auth/users')
export class UsersController {
  constructor(
    private readonly queries: UsersQueries,
    private readonly users: UsersService,
  ) {}

  /**
   * List users
   * @remarks Newest first; for admins.
   */
  @Get()
  async list(@Query() query: UsersQuery): Promise<UsersView> {
    const { rows, nextCursor } = await this.queries.list(query);
    return usersView(rows, nextCursor);
  }

  /**
   * Change a user
   * @remarks Role, names, or whether the account may sign in. Disabling ends its sessions. The last active admin stays.
   */
  @ApiErrors(UserNotFound, LastAdmin)
  @Patch(':id')
  async update(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() input: UpdateUserDto,
  ): Promise<OneUserView> {
    return oneUserView(await this.users.update(actor, id, input));
  }
}
