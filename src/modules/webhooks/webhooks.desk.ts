import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { isUuid } from '../../platform/http/page';
import { DeliveriesService } from './deliveries/deliveries.service';
import {
  type DeliveryReply,
  type RecoverReply,
  type TestReply,
  type TriggerReply,
  type WebhookDoneReply,
  type WebhookReply,
  type WebhookSecretReply,
  webhookView,
} from './webhook.view';
import type { ChangeWebhook, RecoverDeliveries, RegisterWebhook, TriggerEvent } from './webhooks.dto';
import { DeliveryNotFound } from './webhooks.errors';
import { WebhooksQueries } from './webhooks.queries';
import { WebhooksService } from './webhooks.service';

const now = (): string => new Date().toISOString();

/** Puts the answers of the use cases into words. */
@Injectable()
export class WebhooksDesk {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: DeliveriesService,
    private readonly queries: WebhooksQueries,
  ) {}

  async register(actor: Actor, input: RegisterWebhook): Promise<WebhookSecretReply> {
    const { row, secret } = await this.webhooks.register(actor, input);
    return { success: true, webhook_id: row.code, secret, webhook: webhookView(row), timestamp: now() };
  }

  async change(actor: Actor, webhook: string, input: ChangeWebhook): Promise<WebhookReply> {
    return { success: true, webhook: webhookView(await this.webhooks.change(actor, webhook, input)), timestamp: now() };
  }

  async remove(actor: Actor, webhook: string): Promise<WebhookDoneReply> {
    await this.webhooks.remove(actor, webhook);
    return { success: true, message: 'Webhook removed', timestamp: now() };
  }

  async rotate(actor: Actor, webhook: string): Promise<WebhookSecretReply> {
    const { row, secret } = await this.webhooks.rotateSecret(actor, webhook);
    return { success: true, webhook_id: row.code, secret, webhook: webhookView(row), timestamp: now() };
  }

  async trigger(actor: Actor, input: TriggerEvent): Promise<TriggerReply> {
    const { eventId, webhooks } = await this.webhooks.trigger(actor, input);
    return { success: true, event: input.event, event_id: eventId, webhooks, timestamp: now() };
  }

  async test(actor: Actor, webhook: string): Promise<TestReply> {
    const { deliveryId, code } = await this.deliveries.test(actor, webhook);
    const delivery = await this.queries.delivery(deliveryId, code);
    return { success: true, delivered: delivery.status === 'delivered', delivery, timestamp: now() };
  }

  async redeliver(actor: Actor, deliveryId: string, webhook?: string): Promise<DeliveryReply> {
    if (!isUuid(deliveryId)) throw new DeliveryNotFound();
    const { row, code } = await this.deliveries.redeliver(actor, deliveryId, webhook);
    return { success: true, delivery: await this.queries.delivery(row.id, code), timestamp: now() };
  }

  async recover(actor: Actor, webhook: string, input: RecoverDeliveries): Promise<RecoverReply> {
    const { code, recovered } = await this.deliveries.recover(actor, webhook, input);
    return { success: true, webhook_id: code, recovered, timestamp: now() };
  }
}
