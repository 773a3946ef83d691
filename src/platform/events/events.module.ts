import { Global, Module } from '@nestjs/common';
import { EventLog } from './event-log';
import { EventRelay } from './event-relay';
import { EventTail } from './event-tail';
import { EventPlanners } from './planners';

@Global()
@Module({
  providers: [EventLog, EventPlanners, EventRelay, EventTail],
  exports: [EventLog, EventPlanners, EventRelay, EventTail],
})
export class EventsModule {}
