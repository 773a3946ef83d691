import type { AttemptRow } from './deliveries/attempt.entity';
import type { DeliveryRow } from './deliveries/delivery.entity';
import type { WebhookRow } from './endpoints/webhook.entity';

/** A webhook as the API shows it: never its secret, never the values of its headers. */
export class WebhookView {
  /** @example "wh_3f9a1c2b7d4e5f60" */
  id: string;

  /** @example "https://example.com/webhook" */
  url: string;

  /**
   * The events that are sent; empty for all.
   * @example ["call.started", "call.ended"]
   */
  events: string[];

  /** @example "Call notification webhook" */
  description: string | null;

  /**
   * The custom headers, each value hidden.
   * @example {"Authorization": "***"}
   */
  headers: Record<string, string>;

  /** @example "active" */
  status: 'active' | 'disabled';

  /**
   * `manual`, `gone` (it answered 410) or `failing` (it failed for days).
   * @example null
   */
  disabled_reason: string | null;

  /** @example null */
  disabled_at: string | null;

  /** @example "none" */
  ordering: 'none' | 'per_object';

  /** @example null */
  max_concurrency: number | null;

  /** @example null */
  rate_per_second: number | null;

  /**
   * The key that `v1a` signatures are checked with; null without them.
   * @example null
   */
  public_key: string | null;

  /**
   * Until when the secret before the last change signs too.
   * @example null
   */
  previous_secret_until: string | null;

  /**
   * The first failure after the last success.
   * @example null
   */
  failing_since: string | null;

  /** @example "2025-05-17T13:00:01.000Z" */
  last_success_at: string | null;

  /** @example null */
  last_failure_at: string | null;

  /** @example "2025-05-17T12:00:00.000Z" */
  created_at: string;

  /** @example "2025-05-17T12:00:00.000Z" */
  updated_at: string;
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Row → what is shown. */
export const webhookView = (row: WebhookRow): WebhookView => ({
  id: row.code,
  url: row.url,
  events: row.events,
  description: row.description,
  headers: Object.fromEntries(row.header_names.map((name) => [name, '***'])),
  status: row.status,
  disabled_reason: row.disabled_reason,
  disabled_at: iso(row.disabled_at),
  ordering: row.ordering,
  max_concurrency: row.max_concurrency,
  rate_per_second: row.rate_per_second,
  public_key: row.public_key,
  previous_secret_until:
    row.previous_secret_until && row.previous_secret_until.getTime() > Date.now()
      ? row.previous_secret_until.toISOString()
      : null,
  failing_since: iso(row.failing_since),
  last_success_at: iso(row.last_success_at),
  last_failure_at: iso(row.last_failure_at),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

/** One webhook. */
export class WebhookReply {
  /** @example true */
  success: boolean;
  webhook: WebhookView;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}

/** A webhook with its secret, which is shown this once. */
export class WebhookSecretReply extends WebhookReply {
  /** @example "wh_3f9a1c2b7d4e5f60" */
  webhook_id: string;

  /**
   * What deliveries are signed with (Standard Webhooks). It is not shown again.
   * @example "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
   */
  secret: string;
}

/** A page of webhooks. */
export class WebhooksReply {
  /** @example true */
  success: boolean;
  webhooks: WebhookView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}

/** An event that webhooks can be sent. */
export class WebhookEventView {
  /** @example "call.ended" */
  event: string;
  /** @example "A call has ended." */
  description: string;
  /**
   * JSON Schema (2020-12) of `data`.
   * @example {"type": "object"}
   */
  schema: Record<string, unknown>;
  /**
   * A delivery as it is sent.
   * @example {"event": "call.ended", "type": "call.ended", "id": "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f", "seq": 1, "timestamp": "2025-05-17T13:00:00.000Z", "data": {}}
   */
  example: Record<string, unknown>;
}

/** The events there are. */
export class WebhookEventsReply {
  /** @example true */
  success: boolean;
  events: WebhookEventView[];
  /** @example 20 */
  count: number;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}

/** What a trigger did. */
export class TriggerReply {
  /** @example true */
  success: boolean;
  /** @example "call.started" */
  event: string;
  /** @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f" */
  event_id: string;
  /**
   * How many webhooks it is sent to.
   * @example 2
   */
  webhooks: number;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}

/** One request to an endpoint. */
export class AttemptView {
  /** @example 1 */
  number: number;
  /** @example "2025-05-17T13:00:00.100Z" */
  started_at: string;
  /** @example 87 */
  duration_ms: number;
  /**
   * The HTTP status; null when no answer came.
   * @example 200
   */
  status_code: number | null;
  /** @example null */
  error: string | null;
  /**
   * The first 1,000 characters of the answer.
   * @example "ok"
   */
  response: string | null;
}

/** One event owed to one endpoint. */
export class DeliveryView {
  /** @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f" */
  id: string;
  /** @example "wh_3f9a1c2b7d4e5f60" */
  webhook_id: string;
  /** @example "call.ended" */
  event: string;
  /**
   * Sent as `webhook-id`, the same at every attempt.
   * @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  event_id: string;
  /** @example 4711 */
  seq: number;
  /**
   * Whether it was sent for a test.
   * @example false
   */
  test: boolean;
  /** @example "delivered" */
  status: 'pending' | 'delivered' | 'failed' | 'cancelled';
  /**
   * When it is tried again; null when it is not.
   * @example null
   */
  next_attempt_at: string | null;
  /** @example "2025-05-17T13:00:00.000Z" */
  created_at: string;
  /** @example "2025-05-17T13:00:00.200Z" */
  finished_at: string | null;
  attempts: AttemptView[];
}

/** A delivery with its attempts, read in one statement. */
export interface DeliveryWithLog extends DeliveryRow {
  /** As JSON: times are texts. */
  log: (Pick<AttemptRow, 'number' | 'duration_ms' | 'status' | 'error' | 'response'> & { started_at: string })[];
}

const attemptView = (row: DeliveryWithLog['log'][number]): AttemptView => ({
  number: row.number,
  started_at: new Date(row.started_at).toISOString(),
  duration_ms: row.duration_ms,
  status_code: row.status,
  error: row.error,
  response: row.response,
});

/** Row and its attempts → what is shown. */
export const deliveryView = (row: DeliveryWithLog, code: string): DeliveryView => ({
  id: row.id,
  webhook_id: code,
  event: row.event_name,
  event_id: row.event_id,
  seq: row.seq,
  test: row.is_test,
  status: row.status,
  next_attempt_at: row.status === 'pending' ? row.next_attempt_at.toISOString() : null,
  created_at: row.created_at.toISOString(),
  finished_at: iso(row.finished_at),
  attempts: row.log.map(attemptView),
});

/** A page of deliveries. */
export class DeliveriesReply {
  /** @example true */
  success: boolean;
  deliveries: DeliveryView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}

/** One delivery. */
export class DeliveryReply {
  /** @example true */
  success: boolean;
  delivery: DeliveryView;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}

/** What a test delivery came to. */
export class TestReply extends DeliveryReply {
  /**
   * Whether the endpoint answered 2xx.
   * @example true
   */
  delivered: boolean;
}

/** How much is sent again. */
export class RecoverReply {
  /** @example true */
  success: boolean;
  /** @example "wh_3f9a1c2b7d4e5f60" */
  webhook_id: string;
  /**
   * How many deliveries are on their way again.
   * @example 42
   */
  recovered: number;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}

/** It is done. */
export class WebhookDoneReply {
  /** @example true */
  success: boolean;
  /** @example "Webhook removed" */
  message: string;
  /** @example "2025-05-17T12:00:00.000Z" */
  timestamp: string;
}
