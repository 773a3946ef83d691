import { Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../../platform/http/input.decorator';
import { CallbackExists, CallbackNotFound, LeadNotFound } from '../dialer.errors';
import { CallbackReply, CallbacksReply } from './callback.view';
import { ChangeCallback, CreateCallback, ListCallbacks } from './callbacks.dto';
import { CallbacksQueries } from './callbacks.queries';
import { CallbacksService } from './callbacks.service';

@ApiTags('Leads')
@Controller('api/leads')
export class CallbacksController {
  constructor(
    private readonly callbacks: CallbacksService,
    private readonly queries: CallbacksQueries,
  ) {}

  /**
   * List callbacks, the earliest first
   *
   * @remarks Those still to be made, unless another `state` is asked for: `due` at their time, `overdue` a quarter of an
   * hour later.
   */
  @Get('callbacks')
  @Allow(['agent'], 'leads:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListCallbacks): Promise<CallbacksReply> {
    return this.queries.list(actor, query);
  }

  /** Promise to call a lead again */
  @Post(':lead_id/callbacks')
  @Allow(['agent'], 'leads:write')
  @QueryOrBody(CreateCallback)
  @ApiErrors(LeadNotFound)
  create(
    @CurrentActor() actor: Actor,
    @Param('lead_id') lead: string,
    @Input() input: CreateCallback,
  ): Promise<CallbackReply> {
    return this.callbacks.create(actor, lead, input);
  }

  /** Complete, cancel, move or hand over a callback */
  @Patch('callbacks/:callback_id')
  @Allow(['agent'], 'leads:write')
  @QueryOrBody(ChangeCallback)
  @ApiErrors(CallbackNotFound, CallbackExists)
  change(
    @CurrentActor() actor: Actor,
    @Param('callback_id') id: string,
    @Input() input: ChangeCallback,
  ): Promise<CallbackReply> {
    return this.callbacks.change(actor, id, input);
  }
}
