import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { PageQuery } from '../../platform/http/page';
import { BlankIsAbsent, BlankIsNull, IsText } from '../../platform/http/text';
import { AreWebhookHeaders } from './endpoints/webhook-headers';

/** What can be said of a webhook beside its address. */
export class WebhookFields {
  /**
   * The events to send; none or an empty list means all.
   * @example ["call.started", "call.ended"]
   */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  events?: string[];

  /** @example "Call notification webhook" */
  @IsOptional()
  @BlankIsNull()
  @IsText(500)
  description?: string | null;

  /**
   * Headers to send with each delivery, such as a key of yours. They are kept encrypted and never shown again.
   * @example {"Authorization": "Bearer token"}
   */
  @IsOptional()
  @AreWebhookHeaders()
  headers?: Record<string, string>;

  /**
   * `per_object`: of two events about one object the second is sent only after the first was delivered or given up.
   * @example "none"
   */
  @IsOptional()
  @IsIn(['none', 'per_object'])
  ordering?: 'none' | 'per_object';

  /**
   * How many requests each of our processes may have under way to this endpoint; null for the default.
   * @example 8
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  max_concurrency?: number | null;

  /**
   * How many requests a second each of our processes may send to this endpoint; null for the default.
   * @example 50
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  rate_per_second?: number | null;

  /**
   * Also sign with ed25519 (`v1a`): the receiver then needs only the public key.
   * @example false
   */
  @IsOptional()
  @IsBoolean()
  ed25519?: boolean;

  /**
   * `disabled` stops deliveries; `active` begins them again, and `recover` sends what was missed.
   * @example "active"
   */
  @IsOptional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}

/** What is to be changed about a webhook. */
export class ChangeWebhook extends WebhookFields {
  /**
   * Where to send: an HTTPS address that everybody can reach.
   * @example "https://example.com/webhook"
   */
  @ValidateIf((_object, value) => value !== undefined)
  @IsText(2048, 1)
  url?: string;
}

/** A new webhook. */
export class RegisterWebhook extends WebhookFields {
  /**
   * Where to send: an HTTPS address that everybody can reach.
   * @example "https://example.com/webhook"
   */
  @IsText(2048, 1)
  url: string;
}

/** Which webhooks to list. */
export class ListWebhooks extends PageQuery {
  /**
   * Only webhooks that are sent this event.
   * @example "call.started"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(100)
  event?: string;
}

/** An event to send for a test. */
export class TriggerEvent {
  /** @example "call.started" */
  @IsText(100, 1)
  event: string;

  /**
   * Its data, sent as it is; it is not held against the event's schema.
   * @example {"call_id": "call-123", "from": "+15551234567", "to": "+15559876543", "timestamp": "2025-05-17T13:00:00Z"}
   */
  @IsOptional()
  @IsObject()
  data?: Record<string, unknown>;
}

/** Which deliveries to list. */
export class ListDeliveries extends PageQuery {
  /** @example "failed" */
  @IsOptional()
  @BlankIsAbsent()
  @IsIn(['pending', 'delivered', 'failed', 'cancelled'])
  status?: 'pending' | 'delivered' | 'failed' | 'cancelled';

  /** @example "call.ended" */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(100)
  event?: string;
}

/** From when to send again what was not delivered. */
export class RecoverDeliveries {
  /**
   * Everything that happened at this time or later and was not delivered is sent.
   * @example "2025-05-17T13:00:00Z"
   */
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsISO8601({ strict: true, strictSeparator: true })
  since: string;

  /**
   * Until then; up to now when it is left out.
   * @example "2025-05-17T15:00:00Z"
   */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsISO8601({ strict: true, strictSeparator: true })
  until?: string;
}
