import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';
import { ReadEventsQuery } from './events.dto';
import { EventsQueries } from './events.queries';
import { EventsView, eventsView } from './events.view';

@ApiTags('Live updates')
@Controller('api/events')
export class EventsController {
  constructor(private readonly events: EventsQueries) {}

  /**
   * Read the event log
   * @remarks The log that live connections tell, as far as you may see it, in order. Read on with `after` = `next`
   * until `has_more` is false; the next call, however much later, continues without a gap.
   */
  @Get()
  @Allow(['agent', 'user'], 'events:read')
  async read(@CurrentActor() actor: Actor, @Query() query: ReadEventsQuery): Promise<EventsView> {
    return eventsView(await this.events.read(actor, query));
  }
}
