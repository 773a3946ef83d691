import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { AnswerHoldsSecret } from '../../../platform/http/idempotency/idempotency.decorators';
import { CallNotFound } from '../../calls';
import {
  AccountNotAllowed,
  DtechAuthFailed,
  DtechConflict,
  DtechNotConfigured,
  DtechNotFound,
  DtechRefused,
  DtechTimeout,
  DtechUnavailable,
  SalesProcessEnded,
  SalesProcessNotFound,
} from '../dtech.errors';
import { ContinueSales, ListSales, StartSales, StopSales } from './sales.dto';
import {
  ContinueSalesReply,
  SalesProcessesReply,
  SalesProcessReply,
  SalesStatusReply,
  StartSalesReply,
} from './sales-process.view';
import { SalesQueries } from './sales.queries';
import { SalesService } from './sales.service';

@ApiTags('Sales')
@ApiErrors(DtechNotConfigured, DtechAuthFailed, DtechUnavailable, DtechTimeout, DtechRefused)
@Controller('api/v1/sales')
export class SalesController {
  constructor(
    private readonly sales: SalesService,
    private readonly queries: SalesQueries,
  ) {}

  /**
   * Start a sales process
   *
   * @remarks A start is sent to the gateway once. When its answer is lost the process is kept as `unknown` and the
   * caller gets 502 or 504; ask the list before starting again.
   */
  @Post('start')
  @HttpCode(200)
  @AnswerHoldsSecret()
  @Allow(['agent'], 'sales:write')
  @ApiErrors(AccountNotAllowed, CallNotFound)
  start(@CurrentActor() actor: Actor, @Body() input: StartSales): Promise<StartSalesReply> {
    return this.sales.start(actor, input);
  }

  /** Get a fresh page of a running sales process */
  @Post('continue/:spid')
  @HttpCode(200)
  @AnswerHoldsSecret()
  @Allow(['agent'], 'sales:write')
  @ApiErrors(AccountNotAllowed, SalesProcessNotFound, DtechNotFound, DtechConflict)
  continue(
    @CurrentActor() actor: Actor,
    @Param('spid') spid: string,
    @Body() input: ContinueSales,
  ): Promise<ContinueSalesReply> {
    return this.sales.continue(actor, spid, input);
  }

  /**
   * Ask the gateway for the status of a sales process
   *
   * @remarks `gateway` is its answer as it came; `status` is what it means.
   */
  @Get('status/:spid/:account_id')
  @Allow(['agent'], 'sales:read')
  @ApiErrors(AccountNotAllowed, SalesProcessNotFound, DtechNotFound)
  status(
    @CurrentActor() actor: Actor,
    @Param('spid') spid: string,
    @Param('account_id') accountId: string,
  ): Promise<SalesStatusReply> {
    return this.sales.status(actor, spid, accountId);
  }

  /** Stop a sales process */
  @Post('stop/:spid')
  @HttpCode(200)
  @Allow(['agent'], 'sales:write')
  @ApiErrors(AccountNotAllowed, SalesProcessNotFound, DtechNotFound, SalesProcessEnded, DtechConflict)
  stop(@CurrentActor() actor: Actor, @Param('spid') spid: string, @Body() input: StopSales): Promise<SalesStatusReply> {
    return this.sales.stop(actor, spid, input);
  }

  /**
   * List sales processes, newest first
   *
   * @remarks Agents see what they started; admins and API keys everything.
   */
  @Get()
  @Allow(['agent'], 'sales:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListSales): Promise<SalesProcessesReply> {
    return this.queries.list(actor, query);
  }

  /** Show a sales process by the gateway's id or our own */
  @Get('processes/:spid')
  @Allow(['agent'], 'sales:read')
  @ApiErrors(SalesProcessNotFound)
  one(@CurrentActor() actor: Actor, @Param('spid') spid: string): Promise<SalesProcessReply> {
    return this.queries.one(actor, spid);
  }
}
