import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../../platform/access/access.decorators';
import type { Actor } from '../../../../platform/access/actor';
import { ApiErrors } from '../../../../platform/http/api-errors';
import { NoAgentProfile, TelephonyNotConfigured } from '../../calls.errors';
import { BrowserPhonesService } from './browser-phones.service';
import { BrowserPhoneReply } from './browser-phones.view';

@ApiTags('Calls')
@Controller('api/calls')
export class BrowserPhonesController {
  constructor(private readonly phones: BrowserPhonesService) {}

  /**
   * Get an access token for your browser telephone
   *
   * @remarks For Twilio's Voice SDK. Calls ring there; they are begun with `start-call`.
   */
  @Post('token')
  @HttpCode(200)
  @Allow(['agent'], null)
  @ApiErrors(TelephonyNotConfigured, NoAgentProfile)
  token(@CurrentActor() actor: Actor): BrowserPhoneReply {
    return this.phones.token(actor);
  }
}
