import { Controller, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import { OwnGuard } from '../../../platform/access/access.decorators';
import { Config } from '../../../platform/config/config';
import { ApiErrors } from '../../../platform/http/api-errors';
import {
  AddressNotAllowed,
  AgentMissing,
  DialerAgentNotFound,
  Replayed,
  StaleTimestamp,
  TlsRequired,
  WrongDialerKey,
  WrongSignature,
} from '../dialer.errors';
import { DIALER, DialerGuard, type DialerRequest } from './dialer.guard';
import { DialerLead } from './dialer-lead.dto';
import { IntakeReply, redirectUrl } from './intake.view';
import { IntakeService } from './intake.service';

const REFUSED = [AddressNotAllowed, TlsRequired, WrongDialerKey, WrongSignature, StaleTimestamp, Replayed] as const;

@ApiTags('Dialer')
@ApiHeader({ name: 'X-Dialer-Api-Key', description: 'The dialer key.', required: false })
@ApiHeader({
  name: 'X-Dialer-Signature',
  description: 'Where signatures are asked for: hex, or `v2=` and hex.',
  required: false,
})
@ApiHeader({ name: 'X-Dialer-Timestamp', description: 'Unix seconds, within five minutes of now.', required: false })
@ApiHeader({
  name: 'X-Dialer-Nonce',
  description: 'With `v2=`: a text used once, 8 to 128 characters.',
  required: false,
})
@Controller('api/leads/from-dialer')
@UseGuards(DialerGuard)
export class IntakeController {
  constructor(
    private readonly config: Config,
    private readonly intake: IntakeService,
  ) {}

  /**
   * Take a lead from the dialer
   *
   * @remarks Creates the lead, or updates the one with the same `lead_id`, else with the same telephone number; what is
   * absent or empty never erases what is known. JSON or a form.
   */
  @Post()
  @HttpCode(201)
  @OwnGuard('dialer key')
  @ApiBody({ type: DialerLead })
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  @ApiErrors(...REFUSED, AgentMissing, DialerAgentNotFound)
  post(@Req() request: DialerRequest): Promise<IntakeReply> {
    return this.take(request);
  }

  /**
   * Take a lead from a dialer that can only send a GET
   *
   * @remarks The same fields in the query. `api_key` may stand there too, outside production or where
   * `DIALER_ALLOW_QUERY_KEY` says so.
   */
  @Get()
  @HttpCode(201)
  @OwnGuard('dialer key')
  @ApiQuery({ type: DialerLead, required: false })
  @ApiQuery({ name: 'api_key', required: false, description: 'The dialer key, where no header can be set.' })
  @ApiErrors(...REFUSED, AgentMissing, DialerAgentNotFound)
  get(@Req() request: DialerRequest): Promise<IntakeReply> {
    return this.take(request);
  }

  private async take(request: DialerRequest): Promise<IntakeReply> {
    const { lead, created } = await this.intake.take(DIALER, request.dialerFields ?? {});
    return {
      success: true,
      lead,
      message: created ? 'Lead created successfully' : 'Lead updated successfully',
      redirect_url: redirectUrl(this.config.server.appBaseUrl, lead),
    };
  }
}
