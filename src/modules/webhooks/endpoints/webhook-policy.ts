import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import type { OutboundPolicy } from '../../../platform/outbound/policy';

/** Where webhooks may be sent: HTTPS to public hosts, more only where configuration says so for local work. */
@Injectable()
export class WebhookPolicy implements OutboundPolicy {
  readonly name = 'webhooks';
  readonly allowHttp: boolean;
  readonly allowPrivate: boolean;

  constructor(config: Config) {
    this.allowHttp = config.webhooks.allowHttp;
    this.allowPrivate = config.webhooks.allowPrivateNetwork;
  }
}
