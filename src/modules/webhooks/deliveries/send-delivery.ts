import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Outbound, OutboundFailed } from '../../../platform/outbound/outbound';
import type { OpenSecrets } from '../endpoints/endpoint-secrets';
import type { WebhookRow } from '../endpoints/webhook.entity';
import { WebhookPolicy } from '../endpoints/webhook-policy';
import { envelope } from '../standard/envelope';
import { sign } from '../standard/sign';
import type { Claimed } from './deliveries.repository';
import type { Answer } from './outcome';

const KEPT_CHARACTERS = 1000;

/** Makes one attempt: builds, signs and sends the request, and says what came back. */
@Injectable()
export class SendDelivery {
  constructor(
    private readonly config: Config,
    private readonly outbound: Outbound,
    private readonly policy: WebhookPolicy,
  ) {}

  /** Never throws: whatever goes wrong is an answer. */
  async send(webhook: WebhookRow, secrets: OpenSecrets, claimed: Claimed): Promise<Answer> {
    if (claimed.data === null) return { unsendable: 'the event is no longer kept' };
    const body = envelope({ ...claimed, data: claimed.data });
    const size = Buffer.byteLength(body);
    const { maxPayload, timeoutMs } = this.config.webhooks;
    if (size > maxPayload) return { unsendable: `payload too large: ${size} bytes, at most ${maxPayload}` };
    try {
      const reply = await this.outbound.send(this.policy, {
        method: 'POST',
        url: webhook.url,
        headers: {
          ...secrets.headers,
          'content-type': 'application/json',
          'user-agent': 'call-centre-webhooks/1.0',
          'x-webhook-id': webhook.code,
          ...sign(
            { id: claimed.event_id, body, seconds: Math.floor(Date.now() / 1000) },
            secrets.signing,
            secrets.asymmetric,
          ),
        },
        body,
        totalMs: timeoutMs,
      });
      const retryAfter = reply.headers['retry-after'];
      return {
        status: reply.status,
        retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
        response: storable(reply.body),
      };
    } catch (error) {
      if (error instanceof OutboundFailed) return { fault: error.fault, message: error.message };
      return { fault: 'protocol', message: (error as Error).message };
    }
  }
}

/** The first characters of an answer as PostgreSQL can keep them: no NUL, no half of a surrogate pair. */
export const storable = (body: Buffer): string =>
  body
    .toString('utf8')
    .replaceAll('\0', '�')
    .slice(0, KEPT_CHARACTERS)
    .replace(/[\ud800-\udbff]$/, '');
