import { Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../../platform/http/input.decorator';
import { CallNotFound, NoAgentProfile, NotPossibleNow } from '../calls.errors';
import { MonitorCall } from './monitoring.dto';
import { MonitoringService } from './monitoring.service';
import { MonitorReply } from './monitoring.view';

@ApiTags('Calls')
@Controller('api/calls')
export class MonitoringController {
  constructor(private readonly monitoring: MonitoringService) {}

  /**
   * Listen to a call, whisper to its agent, or join in
   *
   * @remarks Your browser telephone is rung into the call; said again with another mode it changes how you take part.
   */
  @Post(':call_id/monitor')
  @HttpCode(200)
  @Allow(['supervisor'], null)
  @QueryOrBody(MonitorCall)
  @ApiErrors(CallNotFound, NoAgentProfile, NotPossibleNow)
  take(@CurrentActor() actor: Actor, @Param('call_id') id: string, @Input() input: MonitorCall): Promise<MonitorReply> {
    return this.monitoring.take(actor, id, input.mode);
  }

  /** Leave a call you listen to */
  @Delete(':call_id/monitor')
  @Allow(['supervisor'], null)
  @ApiErrors(CallNotFound, NoAgentProfile)
  leave(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<MonitorReply> {
    return this.monitoring.take(actor, id, null);
  }
}
