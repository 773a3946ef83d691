import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../platform/access/access.decorators';
import type { Actor } from '../../platform/access/actor';
import { Limit } from '../../platform/access/rate-limit.decorator';
import { ApiErrors } from '../../platform/http/api-errors';
import { AnswerHoldsSecret } from '../../platform/http/idempotency/idempotency.decorators';
import { WebhooksDesk } from './webhooks.desk';
import {
  DeliveriesReply,
  DeliveryReply,
  RecoverReply,
  TestReply,
  TriggerReply,
  WebhookDoneReply,
  WebhookEventsReply,
  WebhookReply,
  WebhookSecretReply,
  WebhooksReply,
} from './webhook.view';
import {
  ChangeWebhook,
  ListDeliveries,
  ListWebhooks,
  RecoverDeliveries,
  RegisterWebhook,
  TriggerEvent,
} from './webhooks.dto';
import {
  DeliveryNotFound,
  EventNotKept,
  PayloadTooLarge,
  UnknownEvent,
  UrlNotAllowed,
  WebhookIsDisabled,
  WebhookNotFound,
} from './webhooks.errors';
import { WebhooksQueries } from './webhooks.queries';

const TRIALS = { name: 'webhook-trials', points: 60, seconds: 60 };

@ApiTags('Webhooks')
@Controller('api/webhooks')
export class WebhooksController {
  constructor(
    private readonly desk: WebhooksDesk,
    private readonly queries: WebhooksQueries,
  ) {}

  /** List webhooks, newest first */
  @Get()
  @Allow(['admin'], 'webhooks:read')
  list(@CurrentActor() actor: Actor, @Query() query: ListWebhooks): Promise<WebhooksReply> {
    return this.queries.list(actor, query);
  }

  /**
   * Register a webhook
   *
   * @remarks Deliveries are signed as Standard Webhooks says; the secret is shown in this answer and never again.
   */
  @Post()
  @Allow(['admin'], 'webhooks:write')
  @AnswerHoldsSecret()
  @ApiErrors(UrlNotAllowed, UnknownEvent)
  register(@CurrentActor() actor: Actor, @Body() input: RegisterWebhook): Promise<WebhookSecretReply> {
    return this.desk.register(actor, input);
  }

  /** List the events that webhooks are sent, with a JSON Schema and an example of each */
  @Get('events')
  @Allow(['admin'], 'webhooks:read')
  events(): WebhookEventsReply {
    return this.queries.events();
  }

  /**
   * Send an event to every webhook subscribed to it, for a test
   *
   * @remarks The delivery is marked with `"test": true`; nothing else in the system hears of it.
   */
  @Post('trigger')
  @HttpCode(200)
  @Allow(['admin'], 'webhooks:write')
  @Limit(TRIALS)
  @ApiErrors(UnknownEvent, PayloadTooLarge)
  trigger(@CurrentActor() actor: Actor, @Body() input: TriggerEvent): Promise<TriggerReply> {
    return this.desk.trigger(actor, input);
  }

  /** Send a delivery again, with a new round of retries and the same `webhook-id` */
  @Post('deliveries/:delivery/redeliver')
  @HttpCode(200)
  @Allow(['admin'], 'webhooks:write')
  @ApiErrors(DeliveryNotFound, WebhookIsDisabled, EventNotKept)
  redeliver(@CurrentActor() actor: Actor, @Param('delivery') delivery: string): Promise<DeliveryReply> {
    return this.desk.redeliver(actor, delivery);
  }

  /** Show a webhook */
  @Get(':webhook')
  @Allow(['admin'], 'webhooks:read')
  @ApiErrors(WebhookNotFound)
  one(@CurrentActor() actor: Actor, @Param('webhook') webhook: string): Promise<WebhookReply> {
    return this.queries.one(actor, webhook);
  }

  /** Change a webhook; only what is sent changes */
  @Patch(':webhook')
  @Allow(['admin'], 'webhooks:write')
  @ApiErrors(WebhookNotFound, UrlNotAllowed, UnknownEvent)
  change(
    @CurrentActor() actor: Actor,
    @Param('webhook') webhook: string,
    @Body() input: ChangeWebhook,
  ): Promise<WebhookReply> {
    return this.desk.change(actor, webhook, input);
  }

  /** Unregister a webhook */
  @Delete(':webhook')
  @Allow(['admin'], 'webhooks:write')
  @ApiErrors(WebhookNotFound)
  remove(@CurrentActor() actor: Actor, @Param('webhook') webhook: string): Promise<WebhookDoneReply> {
    return this.desk.remove(actor, webhook);
  }

  /**
   * Make a new signing secret
   *
   * @remarks The old one signs beside the new for 24 hours: each delivery carries both signatures meanwhile.
   */
  @Post(':webhook/rotate-secret')
  @HttpCode(200)
  @Allow(['admin'], 'webhooks:write')
  @AnswerHoldsSecret()
  @ApiErrors(WebhookNotFound)
  rotate(@CurrentActor() actor: Actor, @Param('webhook') webhook: string): Promise<WebhookSecretReply> {
    return this.desk.rotate(actor, webhook);
  }

  /** Send a test event to this webhook alone and say what it answered */
  @Post(':webhook/test')
  @HttpCode(200)
  @Allow(['admin'], 'webhooks:write')
  @Limit(TRIALS)
  @ApiErrors(WebhookNotFound, WebhookIsDisabled)
  test(@CurrentActor() actor: Actor, @Param('webhook') webhook: string): Promise<TestReply> {
    return this.desk.test(actor, webhook);
  }

  /** List what was sent to a webhook, newest first, with every attempt */
  @Get(':webhook/deliveries')
  @Allow(['admin'], 'webhooks:read')
  @ApiErrors(WebhookNotFound)
  deliveries(
    @CurrentActor() actor: Actor,
    @Param('webhook') webhook: string,
    @Query() query: ListDeliveries,
  ): Promise<DeliveriesReply> {
    return this.queries.deliveries(actor, webhook, query);
  }

  /** Send a delivery of this webhook again */
  @Post(':webhook/deliveries/:delivery/redeliver')
  @HttpCode(200)
  @Allow(['admin'], 'webhooks:write')
  @ApiErrors(DeliveryNotFound, WebhookIsDisabled, EventNotKept)
  redeliverOf(
    @CurrentActor() actor: Actor,
    @Param('webhook') webhook: string,
    @Param('delivery') delivery: string,
  ): Promise<DeliveryReply> {
    return this.desk.redeliver(actor, delivery, webhook);
  }

  /**
   * Send everything since a time that this webhook missed
   *
   * @remarks What failed, and what happened while it was disabled. What was delivered is not sent again.
   */
  @Post(':webhook/recover')
  @HttpCode(200)
  @Allow(['admin'], 'webhooks:write')
  @ApiErrors(WebhookNotFound, WebhookIsDisabled)
  recover(
    @CurrentActor() actor: Actor,
    @Param('webhook') webhook: string,
    @Body() input: RecoverDeliveries,
  ): Promise<RecoverReply> {
    return this.desk.recover(actor, webhook, input);
  }
}
