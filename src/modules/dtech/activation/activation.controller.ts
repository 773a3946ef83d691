import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { AccountNotAllowed, DtechNotConfigured, DtechRefused, DtechTimeout, DtechUnavailable } from '../dtech.errors';
import { ActivateDtech } from './activation.dto';
import { ActivationReply } from './activation.view';
import { ActivationService } from './activation.service';

@ApiTags('Sales')
@Controller('api/v1/sales')
export class ActivationController {
  constructor(private readonly activation: ActivationService) {}

  /**
   * Activate our client at the sales gateway
   *
   * @remarks Exchanges the temporary token for keys, which are kept encrypted and count from then on, unless
   * AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set. A token works once.
   */
  @Post('activate')
  @Allow(['admin'], null)
  @ApiErrors(AccountNotAllowed, DtechNotConfigured, DtechRefused, DtechUnavailable, DtechTimeout)
  activate(@CurrentActor() actor: Actor, @Body() input: ActivateDtech): Promise<ActivationReply> {
    return this.activation.activate(actor, input);
  }
}
