import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { NoAgentProfile } from '../calls.errors';
import { CallHistoryQuery, PerformanceQuery } from './metrics.dto';
import { CallHistoryOfAgent, PerformanceReply } from './metrics.view';
import { PerformanceQueries } from './performance.queries';

@ApiTags('Agents')
@Controller('api/agents')
export class AgentPerformanceController {
  constructor(private readonly performances: PerformanceQueries) {}

  /** Show what an agent has done; each day links to the calls behind its numbers */
  @Get('performance')
  @Allow(['agent'], 'agents:read')
  @ApiErrors(NoAgentProfile)
  performance(@CurrentActor() actor: Actor, @Query() query: PerformanceQuery): Promise<PerformanceReply> {
    return this.performances.performance(actor, query);
  }

  /** List an agent's calls, newest first */
  @Get('call-history')
  @Allow(['agent'], 'agents:read')
  @ApiErrors(NoAgentProfile)
  history(@CurrentActor() actor: Actor, @Query() query: CallHistoryQuery): Promise<CallHistoryOfAgent> {
    return this.performances.history(actor, query);
  }
}
