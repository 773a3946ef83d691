import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { UserActor } from '../../platform/access/actor';
import { ApiErrors } from '../../platform/http/api-errors';
import { PageQuery } from '../../platform/http/page';
import { CreateApiKeyDto } from './api-keys.dto';
import { ApiKeysService } from './api-keys.service';
import { ApiKeysView, apiKeysView, CreatedApiKeyView, createdApiKeyView } from './api-keys.view';
import { ApiKeyNotFound } from './auth.errors';
import { DoneView, doneView } from './auth.view';

@ApiTags('auth')
@Allow(['admin'], null)
@Controller('api/auth/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /**
   * Make an API key
   * @remarks For a service, with the scopes it needs. The key is shown in this answer and never again.
   */
  @Post()
  async create(@CurrentActor() actor: UserActor, @Body() input: CreateApiKeyDto): Promise<CreatedApiKeyView> {
    const { row, key } = await this.keys.create(actor, input);
    return createdApiKeyView(row, key);
  }

  /**
   * List API keys
   * @remarks Newest first, revoked ones too; only the beginning of each key and when it was last used.
   */
  @Get()
  async list(@Query() query: PageQuery): Promise<ApiKeysView> {
    const { rows, nextCursor } = await this.keys.list(query);
    return apiKeysView(rows, nextCursor);
  }

  /**
   * Revoke an API key
   * @remarks From the next request on it is refused; its live connections end.
   */
  @ApiErrors(ApiKeyNotFound)
  @HttpCode(200)
  @Delete(':id')
  async revoke(@CurrentActor() actor: UserActor, @Param('id') id: string): Promise<DoneView> {
    await this.keys.revoke(actor, id);
    return doneView('API key revoked');
  }
}
