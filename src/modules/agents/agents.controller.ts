import { Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';
import { ApiErrors } from '../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../platform/http/input.decorator';
import { PageQuery } from '../../platform/http/page';
import { AgentProfileReply } from './agent-profile.view';
import {
  AgentReply,
  AgentsReply,
  AgentStatusReply,
  AgentWithSkills,
  agentView,
  HeartbeatReply,
  StatusHistoryReply,
} from './agent.view';
import { ChangeAgent, ChangeProfile, CreateAgent, ListAgents, SetAgentStatus } from './agents.dto';
import {
  AgentExists,
  AgentInactive,
  AgentNotFound,
  AgentUserNotFound,
  NoAgentProfile,
  StatusIsSystems,
} from './agents.errors';
import { AgentsQueries } from './agents.queries';
import { AgentsService } from './agents.service';

/**
 * The routes of one agent have his number's form in their path (`AGT-001`), so that they never stand before a route with
 * a word there (`profile`, and `performance` of the room of calls), whatever order the rooms are loaded in.
 */
@ApiTags('Agents')
@Controller('api/agents')
export class AgentsController {
  constructor(
    private readonly agents: AgentsService,
    private readonly queries: AgentsQueries,
  ) {}

  /** List agents, in the order in which they were added */
  @Get()
  @Allow(['agent'], 'agents:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListAgents): Promise<AgentsReply> {
    return this.queries.list(actor, query);
  }

  /**
   * Add an agent
   *
   * @remarks He begins offline. An agent who is registered by an admin (`POST /api/auth/register`) is added by that.
   */
  @Post()
  @Allow(['admin'], 'agents:write')
  @QueryOrBody(CreateAgent)
  @ApiErrors(AgentExists, AgentUserNotFound)
  async create(@CurrentActor() actor: Actor, @Input() input: CreateAgent): Promise<AgentReply> {
    return reply(await this.agents.create(actor, input));
  }

  /** Show one's own profile */
  @Get('profile')
  @Allow(['agent'], null)
  @ApiErrors(NoAgentProfile)
  profile(@CurrentActor() actor: Actor): Promise<AgentProfileReply> {
    return this.queries.profile(actor);
  }

  /** Change one's own profile: languages, specializations, working hours and the assistant's settings */
  @Patch('profile')
  @Allow(['agent'], null)
  @QueryOrBody(ChangeProfile)
  @ApiErrors(NoAgentProfile)
  async changeProfile(@CurrentActor() actor: Actor, @Input() input: ChangeProfile): Promise<AgentProfileReply> {
    await this.agents.changeProfile(actor, input);
    return this.queries.profile(actor);
  }

  /**
   * Set one's own status
   *
   * @remarks During a call a break is kept and taken after it; `available` drops a kept wish.
   */
  @Post('status')
  @HttpCode(200)
  @Allow(['agent'], null)
  @QueryOrBody(SetAgentStatus)
  @ApiErrors(NoAgentProfile, StatusIsSystems, AgentInactive)
  async setOwnStatus(@CurrentActor() actor: Actor, @Input() input: SetAgentStatus): Promise<AgentStatusReply> {
    return statusReply(await this.agents.setOwnStatus(actor, input));
  }

  /** Say that one is there; whoever is silent for 30 seconds is offered no calls */
  @Post('heartbeat')
  @HttpCode(200)
  @Allow(['agent'], null)
  @ApiErrors(NoAgentProfile)
  async heartbeat(@CurrentActor() actor: Actor): Promise<HeartbeatReply> {
    return heartbeatReply(await this.agents.heartbeat(actor));
  }

  /** Show an agent */
  @Get('AGT-:number')
  @Allow(['agent'], 'agents:read')
  @ApiErrors(AgentNotFound)
  one(@CurrentActor() actor: Actor, @Param('number') number: string): Promise<AgentReply> {
    return this.queries.one(actor, code(number));
  }

  /** Change an agent; only what is sent changes */
  @Patch('AGT-:number')
  @Allow(['admin'], 'agents:write')
  @QueryOrBody(ChangeAgent)
  @ApiErrors(AgentNotFound, AgentExists, AgentUserNotFound)
  async change(
    @CurrentActor() actor: Actor,
    @Param('number') number: string,
    @Input() input: ChangeAgent,
  ): Promise<AgentReply> {
    return reply(await this.agents.change(actor, code(number), input));
  }

  /**
   * Set an agent's status
   *
   * @remarks By the agent himself, a supervisor of one of his departments, an admin or a service. During a call a break
   * is kept and taken after it.
   */
  @Patch('AGT-:number/status')
  @Allow(['agent'], 'agents:write')
  @QueryOrBody(SetAgentStatus)
  @ApiErrors(AgentNotFound, StatusIsSystems, AgentInactive)
  async setStatus(
    @CurrentActor() actor: Actor,
    @Param('number') number: string,
    @Input() input: SetAgentStatus,
  ): Promise<AgentStatusReply> {
    return statusReply(await this.agents.setStatus(actor, code(number), input));
  }

  /** Show an agent's statuses, newest first; for himself, his supervisors and admins */
  @Get('AGT-:number/status-history')
  @Allow(['agent'], 'agents:read')
  @ApiErrors(AgentNotFound)
  statusHistory(
    @CurrentActor() actor: Actor,
    @Param('number') number: string,
    @Query() query: PageQuery,
  ): Promise<StatusHistoryReply> {
    return this.queries.statusHistory(actor, code(number), query);
  }
}

const code = (number: string): string => `AGT-${number}`;
const now = (): string => new Date().toISOString();

const reply = (agent: AgentWithSkills): AgentReply => ({ success: true, agent: agentView(agent), timestamp: now() });

const statusReply = (agent: AgentWithSkills): AgentStatusReply => ({
  ...reply(agent),
  message: agent.pending_status ? 'Status will be changed after the call' : 'Status updated',
  status: agent.status,
  pending_status: agent.pending_status,
});

const heartbeatReply = (agent: AgentWithSkills): HeartbeatReply => ({
  success: true,
  status: agent.status,
  pending_status: agent.pending_status,
  last_seen_at: (agent.last_seen_at ?? new Date()).toISOString(),
  timestamp: now(),
});
