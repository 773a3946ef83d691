import { defineEvent } from '../../platform/events/define-event';

/** What is told of an endpoint that is disabled by the system. */
export interface WebhookDisabled {
  webhook_id: string;
  url: string;
  reason: string;
  failing_since: string | null;
}

export const webhookDisabled = defineEvent<WebhookDisabled>({
  name: 'webhook.disabled',
  live: 'webhook:disabled',
  description:
    'A webhook was disabled: its endpoint answered 410, or has only failed for days. Recover from `failing_since`.',
  schema: {
    type: 'object',
    required: ['webhook_id', 'url', 'reason', 'failing_since'],
    properties: {
      webhook_id: { type: 'string', description: 'wh_…' },
      url: { type: 'string' },
      reason: { type: 'string', enum: ['gone', 'failing'] },
      failing_since: {
        type: ['string', 'null'],
        format: 'date-time',
        description: 'The first failure after the last success',
      },
    },
  },
  example: {
    webhook_id: 'wh_3f9a1c2b7d4e5f60',
    url: 'https://example.com/webhook',
    reason: 'failing',
    failing_since: '2025-05-12T13:00:00.000Z',
  },
});

/** Sent by `POST /api/webhooks/{id}/test` to that endpoint alone. */
export const webhookTest = defineEvent<{ webhook_id: string; message: string }>({
  name: 'webhook.test',
  live: 'webhook:test',
  description: 'Sent to one endpoint on request, to see whether it answers.',
  schema: {
    type: 'object',
    required: ['webhook_id', 'message'],
    properties: { webhook_id: { type: 'string', description: 'wh_…' }, message: { type: 'string' } },
  },
  example: { webhook_id: 'wh_3f9a1c2b7d4e5f60', message: 'This is a test' },
  webhook: false,
});
