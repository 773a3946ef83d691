import { Module, type OnModuleInit } from '@nestjs/common';
import { SampleData } from '../../platform/sample-data/sample-data';
import { CallsModule, Knowledge } from '../calls';
import { CustomerErasure, CustomersModule } from '../customers';
import { Assignees } from './assignees';
import { KnowledgeController } from './knowledge/knowledge.controller';
import { KnowledgeQueries } from './knowledge/knowledge.queries';
import { KnowledgeSamples } from './knowledge/knowledge-samples';
import { KnowledgeService } from './knowledge/knowledge.service';
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
  imports: [CallsModule, CustomersModule],
  controllers: [TicketsController, KnowledgeController],
  providers: [
    Assignees,
    KnowledgeQueries,
    KnowledgeSamples,
    KnowledgeService,
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
    private readonly knowledge: Knowledge,
    private readonly knowledgeQueries: KnowledgeQueries,
    private readonly knowledgeSamples: KnowledgeSamples,
  ) {}

  onModuleInit(): void {
    this.customerErasure.register(this.erasure);
    this.knowledge.use(this.knowledgeQueries);
    this.sampleData.register({ room: 'knowledge', order: 41, create: (tx) => this.knowledgeSamples.create(tx) });
    this.sampleData.register({ room: 'tickets', order: 40, create: (tx) => this.samples.create(tx) });
  }
}
