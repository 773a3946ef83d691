import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Database } from '../../platform/database/database';
import { Invalid } from '../../platform/errors';
import { decodeCursor, decodeTimeCursor, isUuid, pageOf, timeKey } from '../../platform/http/page';
import type { WebhookRow } from './endpoints/webhook.entity';
import { envelope } from './standard/envelope';
import {
  type DeliveriesReply,
  type DeliveryView,
  deliveryView,
  type DeliveryWithLog,
  type WebhookEventsReply,
  type WebhookReply,
  type WebhooksReply,
  webhookView,
} from './webhook.view';
import type { ListDeliveries, ListWebhooks } from './webhooks.dto';
import { DeliveryNotFound } from './webhooks.errors';
import { WebhooksRepository } from './webhooks.repository';
import { webhookEvents } from './webhooks.service';

const EXAMPLE_ID = '0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f';
const now = (): string => new Date().toISOString();

/** What is read about webhooks. */
@Injectable()
export class WebhooksQueries {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhooksRepository,
  ) {}

  /** A page of endpoints, newest first. */
  async list(_actor: Actor, query: ListWebhooks): Promise<WebhooksReply> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = ['true'];
    if (query.event) where.push(`(events = '{}' or ${param(query.event)} = any(events))`);
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(created_at, id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    const rows = await this.database.read.rows<WebhookRow>(
      `select * from webhook where ${where.join(' and ')}
       order by created_at desc, id desc limit ${param(query.limit + 1)}`,
      params,
    );
    const page = pageOf(rows, query.limit, timeKey);
    return {
      success: true,
      webhooks: page.rows.map(webhookView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: now(),
    };
  }

  /** One endpoint. */
  async one(_actor: Actor, webhook: string): Promise<WebhookReply> {
    return {
      success: true,
      webhook: webhookView(await this.webhooks.get(this.database.read, webhook)),
      timestamp: now(),
    };
  }

  /** The events there are, each with its schema and a whole delivery as example. */
  events(): WebhookEventsReply {
    const events = webhookEvents().map((event) => ({
      event: event.name,
      description: event.description,
      schema: event.schema,
      example: JSON.parse(
        envelope({
          event_id: EXAMPLE_ID,
          event_name: event.name,
          seq: 4711,
          occurred_at: new Date('2025-05-17T13:00:00Z'),
          data: event.example as Record<string, unknown>,
          is_test: false,
        }),
      ) as Record<string, unknown>,
    }));
    return { success: true, events, count: events.length, timestamp: now() };
  }

  /** A page of an endpoint's deliveries, newest first, each with its attempts. */
  async deliveries(_actor: Actor, webhook: string, query: ListDeliveries): Promise<DeliveriesReply> {
    const endpoint = await this.webhooks.get(this.database.read, webhook);
    const params: unknown[] = [endpoint.id];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = ['webhook_id = $1'];
    // written out, so that the partial indexes of these states serve
    if (query.status) where.push(`status = '${query.status}'`);
    if (query.event) where.push(`event_name = ${param(query.event)}`);
    const after = decodeCursor(query.cursor, 1)?.[0];
    if (after !== undefined) {
      if (!isUuid(after)) throw new Invalid('cursor is not one of ours', { cursor: 'is not one of ours' });
      where.push(`id < ${param(after)}`);
    }
    const rows = await this.database.read.rows<DeliveryWithLog>(
      withLog(
        `select * from webhook_delivery where ${where.join(' and ')} order by id desc limit ${param(query.limit + 1)}`,
      ),
      params,
    );
    const page = pageOf(rows, query.limit, (row) => [row.id]);
    return {
      success: true,
      deliveries: page.rows.map((row) => deliveryView(row, endpoint.code)),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: now(),
    };
  }

  /** One delivery with its attempts. */
  async delivery(deliveryId: string, code: string): Promise<DeliveryView> {
    const row = await this.database.read.one<DeliveryWithLog>(withLog('select * from webhook_delivery where id = $1'), [
      deliveryId,
    ]);
    if (!row) throw new DeliveryNotFound();
    return deliveryView(row, code);
  }
}

/** Deliveries and their attempts in one statement: read one after the other, an attempt made in between would fit no row. */
const withLog = (deliveries: string): string =>
  `select d.*, (select coalesce(jsonb_agg(jsonb_build_object('number', a.number, 'started_at', a.started_at,
       'duration_ms', a.duration_ms, 'status', a.status, 'error', a.error, 'response', a.response)
       order by a.number, a.id), '[]') from webhook_attempt a where a.delivery_id = d.id) as log
     from (${deliveries}) d order by d.id desc`;
