import {
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';
import { ApiErrors } from '../../platform/http/api-errors';
import { Input, QueryOrBody } from '../../platform/http/input.decorator';
import { PageQuery } from '../../platform/http/page';
import { CallNotFound } from '../calls';
import {
  TicketCommentReply,
  TicketCommentsReply,
  TicketHistoryReply,
  TicketMergeReply,
  TicketReply,
  TicketsReply,
  commentReply,
  commentsReply,
  historyReply,
  mergeReply,
  ticketReply,
  ticketsReply,
} from './ticket-replies.view';
import { TicketMergingService } from './ticket-merging.service';
import {
  CommentInput,
  EditTicketInput,
  ExportTicketsQuery,
  ListTicketsQuery,
  MergeTicketInput,
  OpenTicketInput,
} from './tickets.dto';
import {
  AssigneeInactive,
  AssigneeNotFound,
  IllegalTicketTransition,
  MergeIntoItself,
  MergeOfTwoOwners,
  TicketChanged,
  TicketMerged,
  TicketNotFound,
} from './tickets.errors';
import { TicketsExport } from './tickets.export';
import { TicketsQueries } from './tickets.queries';
import { TicketsService } from './tickets.service';
import { VersionHeader } from './version-header.interceptor';

const CSV = { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="tickets.csv"' };
const CSV_CONTENT = {
  'text/csv': {
    schema: { type: 'string' as const },
    example: 'ticket_id,status,priority,department,subject\nTKT-20241108-0001,open,high,complaints,Delivery Issue\n',
  },
};

/** Ticket numbers in any case. */
const numberOf = (text: string): string => text.trim().toUpperCase();

@ApiTags('Tickets')
@Controller('api/tickets')
export class TicketsController {
  constructor(
    private readonly service: TicketsService,
    private readonly merging: TicketMergingService,
    private readonly queries: TicketsQueries,
    private readonly exporting: TicketsExport,
  ) {}

  /**
   * Open a ticket.
   * @remarks A telephone number finds or makes the customer. What is not said of the customer is taken from the call, when
   * there is one. A subscriber's ticket is his own.
   */
  @Post()
  @Allow(['agent', 'user'], 'tickets:write')
  @QueryOrBody(OpenTicketInput)
  @UseInterceptors(VersionHeader)
  @ApiErrors(AssigneeNotFound, CallNotFound, AssigneeInactive)
  async open(@CurrentActor() actor: Actor, @Input() input: OpenTicketInput): Promise<TicketReply> {
    return ticketReply(await this.service.open(actor, input));
  }

  /**
   * List tickets, newest first.
   * @remarks Filters narrow together. A subscriber sees his own.
   */
  @Get()
  @Allow(['agent', 'user'], 'tickets:read')
  async list(@CurrentActor() actor: Actor, @Query() query: ListTicketsQuery): Promise<TicketsReply> {
    return ticketsReply(await this.queries.list(actor, query));
  }

  /**
   * Download tickets as CSV.
   * @remarks The filters of the list, all that match, newest first. UTF-8 with a byte order mark; a cell that a
   * spreadsheet would take for a formula begins with an apostrophe.
   */
  @Get('export.csv')
  @Allow(['agent', 'user'], 'tickets:read')
  @ApiOkResponse({ description: 'The tickets that match', content: CSV_CONTENT })
  async export(@CurrentActor() actor: Actor, @Query() query: ExportTicketsQuery): Promise<StreamableFile> {
    return new StreamableFile(await this.exporting.csv(actor, query), CSV);
  }

  /** Read a ticket. */
  @Get(':ticket_id')
  @Allow(['agent', 'user'], 'tickets:read')
  @UseInterceptors(VersionHeader)
  @ApiErrors(TicketNotFound)
  async get(@CurrentActor() actor: Actor, @Param('ticket_id') code: string): Promise<TicketReply> {
    return ticketReply(await this.queries.get(actor, numberOf(code)));
  }

  /**
   * Change a ticket.
   * @remarks What is left out stays. With `If-Match` the change is made only if the ticket still has that version.
   */
  @Patch(':ticket_id')
  @Allow(['agent'], 'tickets:write')
  @QueryOrBody(EditTicketInput)
  @UseInterceptors(VersionHeader)
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version it must have, as `"3"`.' })
  @ApiErrors(TicketNotFound, AssigneeNotFound, IllegalTicketTransition, TicketMerged, AssigneeInactive, TicketChanged)
  async edit(
    @CurrentActor() actor: Actor,
    @Param('ticket_id') code: string,
    @Input() input: EditTicketInput,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<TicketReply> {
    return ticketReply(await this.service.edit(actor, numberOf(code), input, ifMatch));
  }

  /** Comment on a ticket. */
  @Post(':ticket_id/comments')
  @Allow(['agent', 'user'], 'tickets:write')
  @QueryOrBody(CommentInput)
  @ApiErrors(TicketNotFound, TicketMerged)
  async comment(
    @CurrentActor() actor: Actor,
    @Param('ticket_id') code: string,
    @Input() input: CommentInput,
  ): Promise<TicketCommentReply> {
    return commentReply(numberOf(code), await this.service.comment(actor, numberOf(code), input));
  }

  /**
   * Read what was said about a ticket, oldest first.
   * @remarks Comments and notes, those of tickets merged into it too.
   */
  @Get(':ticket_id/comments')
  @Allow(['agent', 'user'], 'tickets:read')
  @ApiErrors(TicketNotFound)
  async comments(
    @CurrentActor() actor: Actor,
    @Param('ticket_id') code: string,
    @Query() query: PageQuery,
  ): Promise<TicketCommentsReply> {
    return commentsReply(numberOf(code), await this.queries.comments(actor, numberOf(code), query));
  }

  /**
   * Read what was changed, newest first.
   * @remarks Who changed which field from what to what; that of tickets merged into it too.
   */
  @Get(':ticket_id/history')
  @Allow(['agent', 'user'], 'tickets:read')
  @ApiErrors(TicketNotFound)
  async history(
    @CurrentActor() actor: Actor,
    @Param('ticket_id') code: string,
    @Query() query: PageQuery,
  ): Promise<TicketHistoryReply> {
    return historyReply(numberOf(code), await this.queries.history(actor, numberOf(code), query));
  }

  /**
   * Merge a ticket into another.
   * @remarks It is closed and points to the one that stays, which shows its comments, notes and history from then on.
   */
  @Post(':ticket_id/merge')
  @HttpCode(200)
  @Allow(['agent'], 'tickets:write')
  @QueryOrBody(MergeTicketInput)
  @ApiErrors(TicketNotFound, TicketMerged, MergeIntoItself, MergeOfTwoOwners)
  async merge(
    @CurrentActor() actor: Actor,
    @Param('ticket_id') code: string,
    @Input() input: MergeTicketInput,
  ): Promise<TicketMergeReply> {
    return mergeReply(numberOf(code), await this.merging.merge(actor, numberOf(code), input.into));
  }
}
