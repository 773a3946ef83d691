import { Module, type OnModuleInit } from '@nestjs/common';
import { SampleData } from '../../platform/sample-data/sample-data';
import { CallsModule } from '../calls';
import { CustomerErasure, CustomersModule } from '../customers';
import { Assignees } from './assignees';
import { SlaSweep } from './sla/sla-sweep';
import { TicketClocks } from './sla/ticket-clocks';
import { TicketErasure } from './ticket-erasure';
import { TicketMergingService } from './ticket-merging.service';
import { TicketSamples } from './ticket-samples';
import { TicketTeller } from './ticket-teller';
import { TicketsController } from './tickets.controller';
import { TicketsExport } from './tickets.export';
import { TicketsQueries } from './tickets.queries';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

@Module({
  imports: [CustomersModule, CallsModule],
  controllers: [TicketsController],
  providers: [
    Assignees,
    SlaSweep,
    TicketClocks,
    TicketErasure,
    TicketMergingService,
    TicketSamples,
    TicketTeller,
    TicketsExport,
    TicketsQueries,
    TicketsRepository,
    TicketsService,
  ],
  exports: [TicketsQueries, TicketsService],
})
export class TicketsModule implements OnModuleInit {
  constructor(
    private readonly sampleData: SampleData,
    private readonly samples: TicketSamples,
    private readonly customerErasure: CustomerErasure,
    private readonly erasure: TicketErasure,
  ) {}

  onModuleInit(): void {
    this.customerErasure.register(this.erasure);
    this.sampleData.register({ room: 'tickets', order: 40, create: (tx) => this.samples.create(tx) });
  }
}
