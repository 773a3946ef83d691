import { Global, Module } from '@nestjs/common';
import { EventLog } from './event-log';
import { EventRelay } from './event-relay';
import { EventRetention } from './event-retention';
import { EventTail } from './event-tail';
import { EventPlanners } from './planners';

@Global()
@Module({
  providers: [EventLog, EventPlanners, EventRelay, EventRetention, EventTail],
  exports: [EventLog, EventPlanners, EventRelay, EventRetention, EventTail],
})
export class EventsModule {}
