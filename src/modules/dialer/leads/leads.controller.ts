import { Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../../platform/http/input.decorator';
import { PageQuery } from '../../../platform/http/page';
import { LeadNotFound } from '../dialer.errors';
import { ChangeLead, ListLeads } from './leads.dto';
import { LeadsQueries } from './leads.queries';
import { LeadsService } from './leads.service';
import { LeadHistoryReply, LeadReply, LeadsReply } from './leads.view';

@ApiTags('Leads')
@Controller('api/leads')
export class LeadsController {
  constructor(
    private readonly leads: LeadsService,
    private readonly queries: LeadsQueries,
  ) {}

  /**
   * List leads, newest first
   *
   * @remarks `search` finds leads by any words of name, telephone number and e-mail; filters narrow further.
   */
  @Get()
  @Allow(['agent'], 'leads:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListLeads): Promise<LeadsReply> {
    return this.queries.list(actor, query);
  }

  /** Show a lead */
  @Get(':lead_id')
  @Allow(['agent'], 'leads:read')
  @ApiErrors(LeadNotFound)
  one(@CurrentActor() actor: Actor, @Param('lead_id') id: string): Promise<LeadReply> {
    return this.queries.one(actor, id);
  }

  /** Change a lead's status, notes, agent or appointment; only what is sent changes */
  @Patch(':lead_id')
  @Allow(['agent'], 'leads:write')
  @QueryOrBody(ChangeLead)
  @ApiErrors(LeadNotFound)
  change(@CurrentActor() actor: Actor, @Param('lead_id') id: string, @Input() input: ChangeLead): Promise<LeadReply> {
    return this.leads.change(actor, id, input);
  }

  /** Show what was changed in a lead, by whom and when, newest first */
  @Get(':lead_id/history')
  @Allow(['agent'], 'leads:read')
  @ApiErrors(LeadNotFound)
  history(
    @CurrentActor() actor: Actor,
    @Param('lead_id') id: string,
    @Query() query: PageQuery,
  ): Promise<LeadHistoryReply> {
    return this.queries.history(actor, id, query);
  }
}
