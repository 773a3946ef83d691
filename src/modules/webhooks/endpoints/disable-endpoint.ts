import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { EventLog } from '../../../platform/events/event-log';
import { Mailer } from '../../../platform/mail/mailer';
import { Accounts } from '../../auth';
import { DeliveriesRepository } from '../deliveries/deliveries.repository';
import { webhookDisabled } from '../webhooks.events';
import type { WebhookRow } from './webhook.entity';

const TEMPLATE = 'webhooks.disabled';
const MAIL_WITHIN_MINUTES = 3 * 24 * 60;
const US = systemActor('webhooks');

const REASONS = {
  gone: 'its endpoint answered 410 Gone',
  failing: 'every attempt to reach it has failed for days',
};

/** Disables endpoints by the system's own rules, and says so: live, as an event to the other endpoints, by mail. */
@Injectable()
export class DisableEndpoint implements OnModuleInit {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly events: EventLog,
    private readonly mailer: Mailer,
    private readonly accounts: Accounts,
  ) {}

  onModuleInit(): void {
    this.mailer.register({
      name: TEMPLATE,
      render: (data) => ({
        subject: `Webhook ${String(data.webhook_id)} was disabled`,
        text:
          `The webhook ${String(data.webhook_id)} to ${String(data.url)} was disabled because ${REASONS[data.reason as keyof typeof REASONS]}.\n\n` +
          `Nothing that happened is lost: set its status to active again, then recover it` +
          `${data.failing_since ? ` since ${String(data.failing_since)}` : ''} (POST /api/webhooks/${String(data.webhook_id)}/recover).\n`,
      }),
    });
  }

  /** The endpoints asked to be told nothing more. */
  async gone(tx: Tx, webhookIds: string[]): Promise<void> {
    await this.announce(
      tx,
      'gone',
      await tx.rows<WebhookRow>(
        `update webhook set status = 'disabled', disabled_reason = 'gone', disabled_at = now(), updated_at = now()
         where id = any($1::uuid[]) and status = 'active' returning *`,
        [webhookIds],
      ),
    );
  }

  /** Those of the endpoints that have done nothing but fail for this long. */
  async failingTooLong(tx: Tx, webhookIds: string[], afterMs: number): Promise<void> {
    await this.announce(
      tx,
      'failing',
      await tx.rows<WebhookRow>(
        `update webhook set status = 'disabled', disabled_reason = 'failing', disabled_at = now(), updated_at = now()
         where id = any($1::uuid[]) and status = 'active' and failing_since <= now() - make_interval(secs => $2)
         returning *`,
        [webhookIds, afterMs / 1000],
      ),
    );
  }

  private async announce(tx: Tx, reason: 'gone' | 'failing', rows: WebhookRow[]): Promise<void> {
    if (rows.length === 0) return;
    const admins = await this.accounts.adminEmails(tx);
    for (const row of rows) {
      await this.deliveries.cancel(tx, row.id);
      const data = {
        webhook_id: row.code,
        url: row.url,
        reason,
        failing_since: row.failing_since?.toISOString() ?? null,
      };
      this.events.append(tx, webhookDisabled, data, {
        actor: US,
        aggregate: `webhook:${row.id}`,
        audience: { scope: 'webhooks:read' },
      });
      for (const to of admins) {
        await this.mailer.owe(tx, { template: TEMPLATE, to, data, deliverWithinMinutes: MAIL_WITHIN_MINUTES });
      }
    }
  }
}
