import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';
import { ApiErrors } from '../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../platform/http/input.decorator';
import { PageQuery } from '../../platform/http/page';
import {
  AgentNotFree,
  CallNotFound,
  IllegalTransition,
  NoAgentAssigned,
  NoAgentProfile,
  NotPossibleNow,
  NoWrapUp,
  OfferNotFound,
  OfferOver,
  TargetAgentNotFound,
  TelephonyNotConfigured,
} from './calls.errors';
import {
  ConsultAgent,
  CreateCall,
  DisposeOfCall,
  ListCalls,
  ListSessions,
  NoteOnCall,
  RouteCall,
  SetCallStatus,
  ShowQueue,
  StartCall,
  TransferCall,
} from './calls.dto';
import { CallsQueries } from './calls.queries';
import { CallsService } from './calls.service';
import {
  CallHistoryReply,
  CallReply,
  callReply,
  CallsReply,
  EndedCallReply,
  OffersReply,
  QueueReply,
  QuickActionsReply,
  SessionsReply,
  StartedCallReply,
  WrapUpReply,
} from './calls.view';
import { AnswersService } from './queue/answers.service';
import { QueueQueries } from './queue/queue.queries';
import { quickActions } from './quick-actions';
import { StartCallService } from './start-call.service';
import { TransfersService } from './transfers.service';

@ApiTags('Calls')
@Controller('api/calls')
export class CallsController {
  constructor(
    private readonly calls: CallsService,
    private readonly starting: StartCallService,
    private readonly transfers: TransfersService,
    private readonly answers: AnswersService,
    private readonly queries: CallsQueries,
    private readonly queueQueries: QueueQueries,
  ) {}

  /**
   * List calls, newest first
   *
   * @remarks Without `status`, those that are going on. You see the calls you may see: a subscriber his own, an agent
   * those of his departments and his own.
   */
  @Get()
  @Allow(['agent', 'user'], 'calls:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListCalls): Promise<CallsReply> {
    return this.queries.list(actor, query);
  }

  /**
   * Record a call that has begun
   *
   * @remarks It dials nobody (`start-call` does). The customer is found by the phone number, or made.
   */
  @Post()
  @Allow(['agent', 'user'], 'calls:write')
  @QueryOrBody(CreateCall)
  async create(@CurrentActor() actor: Actor, @Input() input: CreateCall): Promise<CallReply> {
    return callReply(await this.calls.create(actor, input));
  }

  /** List calls as dashboards show them, newest first */
  @Get('sessions')
  @Allow(['agent', 'user'], 'calls:read')
  sessions(@CurrentActor() actor: Actor, @Query() query: ListSessions): Promise<SessionsReply> {
    return this.queries.sessions(actor, query);
  }

  /**
   * Show the queue, longest-waiting first within priority
   *
   * @remarks `queue_length`, `available_agents` and `average_wait_time` are of the whole queue (or department).
   */
  @Get('queue')
  @Allow(['agent', 'user'], 'calls:read')
  queue(@CurrentActor() actor: Actor, @Query() query: ShowQueue): Promise<QueueReply> {
    return this.queueQueries.show(actor, query);
  }

  /** Show what you can do with one click */
  @Get('quick-actions')
  @Allow(['agent', 'user'], 'calls:read')
  actions(): QuickActionsReply {
    return quickActions();
  }

  /** List the calls that are offered to you */
  @Get('offers')
  @Allow(['agent'], null)
  @ApiErrors(NoAgentProfile)
  offers(@CurrentActor() actor: Actor): Promise<OffersReply> {
    return this.queries.offers(actor);
  }

  /**
   * Start a call
   *
   * @remarks An agent is connected first (you, if you are one, else the one idle longest), then the number is dialled.
   * When nobody is free the call waits and is dialled for whoever takes it.
   */
  @Post('start-call')
  @Allow(['agent', 'user'], 'calls:write')
  @QueryOrBody(StartCall)
  @ApiErrors(TelephonyNotConfigured)
  async start(@CurrentActor() actor: Actor, @Input() input: StartCall): Promise<StartedCallReply> {
    const { call_type, ...details } = input;
    const { call, agent } = await this.starting.start(actor, {
      ...details,
      direction: call_type ?? details.direction,
    });
    return {
      success: true,
      message: agent ? 'Call initiated successfully' : 'Call added to queue',
      call_id: call.call_id,
      status: agent ? 'connecting' : 'queued',
      ...(agent ? { agent: { ...agent, employee_id: agent.id } } : {}),
      call,
      timestamp: new Date().toISOString(),
    };
  }

  /** Extend your wrap-up, once per call */
  @Post('wrap-up/extend')
  @HttpCode(200)
  @Allow(['agent'], null)
  @ApiErrors(NoAgentProfile, NoWrapUp)
  async extendWrapUp(@CurrentActor() actor: Actor): Promise<WrapUpReply> {
    const until = await this.answers.extendWrapUp(actor);
    return { success: true, wrap_up_until: until.toISOString(), timestamp: new Date().toISOString() };
  }

  /** Show a call */
  @Get(':call_id')
  @Allow(['agent', 'user'], 'calls:read')
  @ApiErrors(CallNotFound)
  async one(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<CallReply> {
    return callReply(await this.queries.one(actor, id));
  }

  /** Show what happened to a call, oldest first: every change with its actor and its cause */
  @Get(':call_id/events')
  @Allow(['agent', 'user'], 'calls:read')
  @ApiErrors(CallNotFound)
  history(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Query() query: PageQuery,
  ): Promise<CallHistoryReply> {
    return this.queries.history(actor, id, query);
  }

  /**
   * Set a call's status by hand
   *
   * @remarks As far as the transition table allows; otherwise 409 with `allowed`. `in_progress` needs an agent: the one
   * assigned, or else you.
   */
  @Post(':call_id/status')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(SetCallStatus)
  @ApiErrors(CallNotFound, IllegalTransition, NotPossibleNow, NoAgentAssigned, AgentNotFree)
  async status(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: SetCallStatus,
  ): Promise<CallReply> {
    return callReply(await this.calls.setStatus(actor, id, input.status));
  }

  /**
   * Send a call to a department's queue
   *
   * @remarks It keeps its place by the time it was first queued. Without `department`, what the caller says (`text`)
   * decides.
   */
  @Post(':call_id/route')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(RouteCall)
  @ApiErrors(CallNotFound, IllegalTransition, NotPossibleNow)
  async route(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: RouteCall,
  ): Promise<CallReply> {
    return callReply(await this.calls.route(actor, id, input));
  }

  /** Transfer a call cold: to a department, to an agent, or to an agent with a department after him */
  @Post(':call_id/transfer')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(TransferCall)
  @ApiErrors(CallNotFound, TargetAgentNotFound, IllegalTransition, NotPossibleNow, AgentNotFree)
  async transfer(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: TransferCall,
  ): Promise<CallReply> {
    return callReply(await this.transfers.transfer(actor, id, input));
  }

  /** Begin a warm transfer: the caller is put on hold and a colleague is asked */
  @Post(':call_id/transfer/consult')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(ConsultAgent)
  @ApiErrors(CallNotFound, TargetAgentNotFound, NotPossibleNow, AgentNotFree)
  async consult(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: ConsultAgent,
  ): Promise<CallReply> {
    return callReply(await this.transfers.consult(actor, id, input.agent_id));
  }

  /** Complete a warm transfer: the colleague has the call */
  @Post(':call_id/transfer/complete')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @ApiErrors(CallNotFound, NotPossibleNow)
  async completeTransfer(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<CallReply> {
    return callReply(await this.transfers.complete(actor, id));
  }

  /** Cancel a warm transfer: the caller is back with his agent */
  @Post(':call_id/transfer/cancel')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @ApiErrors(CallNotFound, NotPossibleNow)
  async cancelTransfer(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<CallReply> {
    return callReply(await this.transfers.cancel(actor, id));
  }

  /** Take the call that is offered to you */
  @Post(':call_id/accept')
  @HttpCode(200)
  @Allow(['agent'], null)
  @ApiErrors(CallNotFound, OfferNotFound, NoAgentProfile, OfferOver)
  async accept(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<CallReply> {
    return callReply(await this.answers.accept(actor, id));
  }

  /** Pass on the call that is offered to you; it keeps its place */
  @Post(':call_id/reject')
  @HttpCode(200)
  @Allow(['agent'], null)
  @ApiErrors(CallNotFound, OfferNotFound, NoAgentProfile, OfferOver)
  async reject(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<CallReply> {
    return callReply(await this.answers.reject(actor, id));
  }

  /** Put a call on hold */
  @Post(':call_id/hold')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @ApiErrors(CallNotFound, IllegalTransition)
  async hold(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<CallReply> {
    return callReply(await this.calls.hold(actor, id));
  }

  /** Take a call off hold */
  @Post(':call_id/resume')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @ApiErrors(CallNotFound, NotPossibleNow)
  async resume(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<CallReply> {
    return callReply(await this.calls.resume(actor, id));
  }

  /**
   * End a call
   *
   * @remarks Who has talked has completed the call, who still waited has abandoned it, a number that had not answered is
   * canceled. The agent goes into wrap-up and the transcript is closed.
   */
  @Post(':call_id/end')
  @HttpCode(200)
  @Allow(['agent', 'user'], 'calls:write')
  @ApiErrors(CallNotFound, IllegalTransition)
  async end(@CurrentActor() actor: Actor, @Param('call_id') id: string): Promise<EndedCallReply> {
    const call = await this.calls.end(actor, id);
    return { ...callReply(call), duration: call.total_duration_seconds };
  }

  /** Say what came of a call, during or after it */
  @Post(':call_id/disposition')
  @HttpCode(200)
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(DisposeOfCall)
  @ApiErrors(CallNotFound)
  async dispose(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: DisposeOfCall,
  ): Promise<CallReply> {
    return callReply(await this.calls.dispose(actor, id, input.disposition, input.notes));
  }

  /** Note something on a call, during or after it; notes stand in its history */
  @Post(':call_id/notes')
  @Allow(['agent'], 'calls:write')
  @QueryOrBody(NoteOnCall)
  @ApiErrors(CallNotFound)
  async note(
    @CurrentActor() actor: Actor,
    @Param('call_id') id: string,
    @Input() input: NoteOnCall,
  ): Promise<CallReply> {
    return callReply(await this.calls.addNote(actor, id, input.note));
  }
}
