import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents';
import { CustomersModule } from '../customers';
import { CallbackRepository } from './callbacks/callback.repository';
import { CallbacksController } from './callbacks/callbacks.controller';
import { CallbacksQueries } from './callbacks/callbacks.queries';
import { CallbacksService } from './callbacks/callbacks.service';
import { DialerGuard } from './intake/dialer.guard';
import { IntakeController } from './intake/intake.controller';
import { IntakeService } from './intake/intake.service';
import { Replays } from './intake/replays';
import { LeadAgents } from './lead-agents';
import { LeadErasure } from './lead-erasure';
import { LeadRepository } from './leads/lead.repository';
import { LeadSamples } from './lead-samples';
import { LeadsController } from './leads/leads.controller';
import { LeadsQueries } from './leads/leads.queries';
import { LeadsService } from './leads/leads.service';

@Module({
  imports: [AgentsModule, CustomersModule],
  // Routes with a name of their own come before those that take an id there
  controllers: [IntakeController, CallbacksController, LeadsController],
  providers: [
    DialerGuard,
    Replays,
    IntakeService,
    LeadAgents,
    LeadRepository,
    LeadsService,
    LeadsQueries,
    CallbackRepository,
    CallbacksService,
    CallbacksQueries,
    LeadErasure,
    LeadSamples,
  ],
  exports: [LeadsQueries],
})
export class DialerModule {}
