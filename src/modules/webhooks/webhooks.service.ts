import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../platform/access/actor';
import { Audit } from '../../platform/audit/audit';
import { Config } from '../../platform/config/config';
import { Database, isUniqueViolation, type Tx } from '../../platform/database/database';
import { declaredEvents, type EventDefinition } from '../../platform/events/define-event';
import { EventLog } from '../../platform/events/event-log';
import { JobQueue } from '../../platform/jobs/job-queue';
import { Outbound } from '../../platform/outbound/outbound';
import { UrlRefused } from '../../platform/outbound/policy';
import { newId, randomCode } from '../../platform/time/ids';
import { DeliveriesRepository } from './deliveries/deliveries.repository';
import { drainEndpoint } from './deliveries/drain-endpoint.job';
import { wants } from './deliveries/plan-deliveries';
import { EndpointSecrets } from './endpoints/endpoint-secrets';
import { WebhookPolicy } from './endpoints/webhook-policy';
import { WebhookRow } from './endpoints/webhook.entity';
import { newKeyPair, newSecret } from './standard/sign';
import type { ChangeWebhook, RegisterWebhook, TriggerEvent } from './webhooks.dto';
import { PayloadTooLarge, UnknownEvent, UrlNotAllowed } from './webhooks.errors';
import { WebhooksRepository } from './webhooks.repository';

const OVERLAP_MS = 24 * 3_600_000;
/** What the envelope adds to the data of a triggered event, generously. */
const ENVELOPE_BYTES = 1024;

/** The events that webhooks are sent, in alphabetical order. */
export const webhookEvents = (): EventDefinition<unknown>[] =>
  [...declaredEvents().values()].filter((event) => event.webhook).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Registers and changes endpoints. Whoever may enter sees and changes all of them. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly events: EventLog,
    private readonly audit: Audit,
    private readonly jobs: JobQueue,
    private readonly outbound: Outbound,
    private readonly policy: WebhookPolicy,
    private readonly secrets: EndpointSecrets,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  /** Registers an endpoint; its secret is given back this once. */
  async register(actor: Actor, input: RegisterWebhook): Promise<{ row: WebhookRow; secret: string }> {
    const url = await this.checkedUrl(input.url);
    const events = checkedEvents(input.events ?? []);
    const secret = newSecret();
    for (;;) {
      const id = newId();
      const code = randomCode('wh_', 8, 'lower');
      try {
        const row = await this.database.transaction(async (tx) => {
          const disabled = input.status === 'disabled';
          await tx.insert(WebhookRow, {
            id,
            code,
            url,
            events,
            description: input.description ?? null,
            header_names: Object.keys(input.headers ?? {}),
            headers: this.secrets.sealHeaders(id, input.headers ?? {}),
            secret: this.secrets.seal(id, 'secret', secret),
            ...this.keyPair(id, input.ed25519 ?? false),
            ordering: input.ordering ?? 'none',
            max_concurrency: input.max_concurrency ?? null,
            rate_per_second: input.rate_per_second ?? null,
            status: disabled ? 'disabled' : 'active',
            disabled_reason: disabled ? 'manual' : null,
            disabled_at: disabled ? new Date() : null,
            created_by: snapshot(actor),
          });
          await this.audit.record(tx, actor, 'webhook.registered', code, { url, events });
          return this.webhooks.get(tx, id);
        });
        return { row, secret };
      } catch (error) {
        // sixteen hex digits were taken already: once in a very long while
        if (!isUniqueViolation(error, 'webhook_code_key')) throw error;
      }
    }
  }

  /** Changes what is given. A new address or a new start closes the breaker and begins the count of failures anew. */
  async change(actor: Actor, webhook: string, input: ChangeWebhook): Promise<WebhookRow> {
    const url = input.url === undefined ? undefined : await this.checkedUrl(input.url);
    const events = input.events === undefined ? undefined : checkedEvents(input.events ?? []);
    return this.database.transaction(async (tx) => {
      const row = await this.webhooks.lock(tx, webhook);
      const starts = input.status === 'active' && row.status === 'disabled';
      const stops = input.status === 'disabled' && row.status === 'active';
      const moves = url !== undefined && url !== row.url;
      await tx.update(
        WebhookRow,
        { id: row.id },
        {
          ...(url === undefined ? {} : { url }),
          ...(events === undefined ? {} : { events }),
          ...(input.description === undefined ? {} : { description: input.description }),
          ...(input.headers === undefined ? {} : this.headerColumns(row.id, input.headers ?? {})),
          ...(input.ordering === undefined ? {} : { ordering: input.ordering ?? 'none' }),
          ...(input.max_concurrency === undefined ? {} : { max_concurrency: input.max_concurrency }),
          ...(input.rate_per_second === undefined ? {} : { rate_per_second: input.rate_per_second }),
          ...(input.ed25519 == null || input.ed25519 === (row.public_key !== null)
            ? {}
            : this.keyPair(row.id, input.ed25519)),
          ...(starts || moves ? { consecutive_failures: 0, failing_since: null, open_until: null } : {}),
          ...(starts ? { status: 'active' as const, disabled_reason: null, disabled_at: null } : {}),
          ...(stops
            ? { status: 'disabled' as const, disabled_reason: 'manual' as const, disabled_at: new Date() }
            : {}),
          updated_at: () => 'now()',
        },
      );
      if (stops) await this.deliveries.cancel(tx, row.id);
      await this.audit.record(tx, actor, 'webhook.changed', row.code, { fields: Object.keys(input).sort() });
      this.ringAfter(tx, row.id);
      return this.webhooks.get(tx, row.id);
    });
  }

  /** Removes an endpoint; what was owed to it is taken back, its deliveries stay until their retention is over. */
  async remove(actor: Actor, webhook: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await this.webhooks.lock(tx, webhook);
      await tx.delete(WebhookRow, { id: row.id });
      await this.deliveries.cancel(tx, row.id);
      await this.audit.record(tx, actor, 'webhook.removed', row.code, { url: row.url });
    });
  }

  /** Makes a new secret; the old one signs beside it for 24 hours, so that no delivery is refused meanwhile. */
  async rotateSecret(actor: Actor, webhook: string): Promise<{ row: WebhookRow; secret: string }> {
    const secret = newSecret();
    const row = await this.database.transaction(async (tx) => {
      const { id, code, ...old } = await this.webhooks.lock(tx, webhook);
      const [current = ''] = this.secrets.open({ id, code, ...old } as WebhookRow).signing;
      await tx.update(
        WebhookRow,
        { id },
        {
          secret: this.secrets.seal(id, 'secret', secret),
          previous_secret: this.secrets.seal(id, 'previous_secret', current),
          previous_secret_until: new Date(Date.now() + OVERLAP_MS),
          updated_at: () => 'now()',
        },
      );
      await this.audit.record(tx, actor, 'webhook.secret_rotated', code);
      return this.webhooks.get(tx, id);
    });
    return { row, secret };
  }

  /** Appends an event marked as a test; only webhooks hear of it. Says to how many it goes. */
  async trigger(actor: Actor, input: TriggerEvent): Promise<{ eventId: string; webhooks: number }> {
    const event = webhookEvents().find((known) => known.name === input.event);
    if (!event) throw new UnknownEvent('event', eventNames());
    const data = input.data ?? {};
    if (Buffer.byteLength(JSON.stringify(data)) + ENVELOPE_BYTES > this.config.webhooks.maxPayload) {
      throw new PayloadTooLarge(`data may have at most ${this.config.webhooks.maxPayload - ENVELOPE_BYTES} bytes`);
    }
    return this.database.transaction(async (tx) => {
      const aggregate = `webhook-trigger:${newId()}`;
      const subscribed = await tx.rows<{ id: string; events: string[] }>(
        `select id, events from webhook where status = 'active'`,
      );
      const eventId = this.events.append(tx, event as EventDefinition<object>, data, {
        actor,
        aggregate,
        audience: { scope: 'webhooks:read' },
        isTest: true,
      });
      const webhooks = subscribed.filter((one) => wants(one, { name: event.name, aggregate })).length;
      return { eventId, webhooks };
    });
  }

  private async checkedUrl(url: string): Promise<string> {
    try {
      return (await this.outbound.check(this.policy, url)).href;
    } catch (error) {
      throw error instanceof UrlRefused ? new UrlNotAllowed(error.reason) : error;
    }
  }

  private keyPair(id: string, wanted: boolean): Pick<WebhookRow, 'ed25519_key' | 'public_key'> {
    if (!wanted) return { ed25519_key: null, public_key: null };
    const pair = newKeyPair();
    return { ed25519_key: this.secrets.seal(id, 'ed25519_key', pair.privateKey), public_key: pair.publicKey };
  }

  private headerColumns(id: string, headers: Record<string, string>): Pick<WebhookRow, 'headers' | 'header_names'> {
    return { headers: this.secrets.sealHeaders(id, headers), header_names: Object.keys(headers) };
  }

  private ringAfter(tx: Tx, webhookId: string): void {
    tx.afterCommit(() => void this.jobs.ring(drainEndpoint, { webhookId }, { dedupId: webhookId }));
  }
}

const eventNames = (): string[] => webhookEvents().map((event) => event.name);

/** The events subscribed to, each once; `*` and none mean all. Throws UnknownEvent. */
function checkedEvents(events: string[]): string[] {
  if (events.includes('*')) return [];
  const known = new Set(eventNames());
  if (events.some((name) => !known.has(name))) throw new UnknownEvent('events', [...known]);
  return [...new Set(events)];
}
