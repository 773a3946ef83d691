import { Module } from '@nestjs/common';
import { AuthModule } from '../auth';
import { Acknowledger } from './deliveries/acknowledger';
import { Deliverer } from './deliveries/deliverer';
import { DeliveriesRepository } from './deliveries/deliveries.repository';
import { DeliveriesService } from './deliveries/deliveries.service';
import { PlanDeliveries } from './deliveries/plan-deliveries';
import { SendDelivery } from './deliveries/send-delivery';
import { DisableEndpoint } from './endpoints/disable-endpoint';
import { EndpointSecrets } from './endpoints/endpoint-secrets';
import { WebhookPolicy } from './endpoints/webhook-policy';
import { WebhooksController } from './webhooks.controller';
import { WebhooksDesk } from './webhooks.desk';
import { WebhooksQueries } from './webhooks.queries';
import { WebhooksRepository } from './webhooks.repository';
import { WebhooksService } from './webhooks.service';

@Module({
  imports: [AuthModule],
  controllers: [WebhooksController],
  providers: [
    WebhooksDesk,
    WebhooksService,
    WebhooksQueries,
    WebhooksRepository,
    EndpointSecrets,
    WebhookPolicy,
    DisableEndpoint,
    PlanDeliveries,
    DeliveriesRepository,
    DeliveriesService,
    Deliverer,
    SendDelivery,
    Acknowledger,
  ],
})
export class WebhooksModule {}
