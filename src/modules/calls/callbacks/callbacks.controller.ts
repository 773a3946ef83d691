import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../../platform/http/input.decorator';
import { CallbackNotFound, CallbackOver, CallNotFound } from '../calls.errors';
import { CallbackReply, CallbacksReply, type CallbackView } from './callback.view';
import { ListCallbacks, PromiseCallback, ScheduleCallback } from './callbacks.dto';
import { CallbacksService } from './callbacks.service';

const reply = (callback: CallbackView): CallbackReply => ({
  success: true,
  callback,
  timestamp: new Date().toISOString(),
});

@ApiTags('Callbacks')
@Controller('api/calls')
export class CallbacksController {
  constructor(private readonly callbacks: CallbacksService) {}

  /** List the promises to ring back, the first due first */
  @Get('callbacks')
  @Allow(['agent'], 'calls:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListCallbacks): Promise<CallbacksReply> {
    return this.callbacks.list(actor, query);
  }

  /** Promise to ring somebody who is not on the line */
  @Post('callbacks')
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(ScheduleCallback)
  async schedule(@CurrentActor() actor: Actor, @Input() input: ScheduleCallback): Promise<CallbackReply> {
    return reply(await this.callbacks.schedule(actor, input));
  }

  /** Take a promise back */
  @Post('callbacks/:callback_id/cancel')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @ApiErrors(CallbackNotFound, CallbackOver)
  async cancel(@CurrentActor() actor: Actor, @Param('callback_id') id: string): Promise<CallbackReply> {
    return reply(await this.callbacks.cancel(actor, id));
  }

  /**
   * Promise a caller to ring back
   *
   * @remarks One who waits in the queue is let go with it. When it is due it becomes an outbound call at the head of the
   * queue, dialled for whoever takes it.
   */
  @Post(':call_id/callback')
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(PromiseCallback)
  @ApiErrors(CallNotFound)
  async promise(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: PromiseCallback,
  ): Promise<CallbackReply> {
    return reply(await this.callbacks.promise(actor, id, input));
  }
}
