import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { MetricsQuery } from './metrics.dto';
import { MetricsQueries } from './metrics.queries';
import { LiveMetricsReply, MetricsReply } from './metrics.view';

@ApiTags('Metrics')
@Controller('api/calls/metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsQueries) {}

  /**
   * Show a time's figures per department: service level, speed of answer, abandonment, handle time, occupancy
   *
   * @remarks Each figure's definition comes with the answer. `queued` is always the sum of the outcomes.
   */
  @Get()
  @Allow(['agent'], 'calls:read')
  historical(@CurrentActor() actor: Actor, @Query() query: MetricsQuery): Promise<MetricsReply> {
    return this.metrics.historical(actor, query);
  }

  /** Show the departments as they stand, and today's figures */
  @Get('live')
  @Allow(['agent'], 'calls:read')
  live(@CurrentActor() actor: Actor, @Query() query: MetricsQuery): Promise<LiveMetricsReply> {
    return this.metrics.live(actor, query);
  }
}
