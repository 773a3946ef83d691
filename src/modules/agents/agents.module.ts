import { Module, type OnModuleInit } from '@nestjs/common';
import { Authenticator } from '../../platform/access/authenticator';
import { AuthModule } from '../auth';
import { AgentCallFigures } from './agent-call-figures';
import { AgentRegistration } from './agent-registration';
import { AgentStatuses } from './agent-statuses';
import { AgentsController } from './agents.controller';
import { AgentsQueries } from './agents.queries';
import { AgentsRepository } from './agents.repository';
import { AgentsService } from './agents.service';
import { SampleAgents } from './sample-agents';

@Module({
  imports: [AuthModule],
  controllers: [AgentsController],
  providers: [
    AgentsService,
    AgentsQueries,
    AgentsRepository,
    AgentStatuses,
    AgentCallFigures,
    AgentRegistration,
    SampleAgents,
  ],
  exports: [AgentsService, AgentsQueries, AgentStatuses, AgentCallFigures],
})
export class AgentsModule implements OnModuleInit {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly queries: AgentsQueries,
  ) {}

  onModuleInit(): void {
    this.authenticator.useProfiles(this.queries);
  }
}
