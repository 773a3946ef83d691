import twilio from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient';
import type { Config } from '../../../../platform/config/config';
import { CarrierBusy, CarrierRefused } from '../telephony.port';

type TwilioSettings = NonNullable<Config['twilio']>;
export type TwilioClient = ReturnType<typeof twilio>;

const TWILIO_ORIGIN = /^https:\/\/[a-z0-9.-]+\.twilio\.com(?=\/)/;
/** Nothing has left this machine: whatever was asked for has not been done. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

/** The carrier cannot be reached at all: certainly nothing was done. */
export class CarrierUnreachable extends Error {}

/** The SDK's HTTP client, sent to where Twilio is for us. */
class RedirectedClient extends RequestClient {
  constructor(
    private readonly base: string,
    timeout: number,
  ) {
    super({ timeout, autoRetry: false });
  }

  override request<Data>(
    options: RequestClient.RequestOptions<Data>,
  ): ReturnType<typeof RequestClient.prototype.request<Data>> {
    const uri = options.uri.replace(TWILIO_ORIGIN, () => this.base);
    return super.request<Data>({ ...options, uri, timeout: this.defaultTimeout });
  }
}

/** The SDK for our account. */
export function twilioClient(settings: TwilioSettings): TwilioClient {
  return twilio(settings.accountSid, settings.authToken, {
    httpClient: new RedirectedClient(settings.apiBase, settings.timeoutMs),
    // the SDK looks for edge and region in the process's environment otherwise
    env: {},
  });
}

/**
 * What an error of the SDK says about what was asked: refused (4xx), not done yet (429), not reached, or, for everything
 * else (5xx, a broken connection, no answer in time), that nobody knows.
 */
export function understood(error: unknown): Error {
  const { status, code, message } = error as { status?: number; code?: number | string; message?: string };
  if (status === 429) return new CarrierBusy('the carrier has too much to do');
  if (status !== undefined && status >= 400 && status < 500) {
    return new CarrierRefused(`${message ?? 'refused'} (${code ?? status})`);
  }
  if (typeof code === 'string' && NOT_REACHED.has(code)) return new CarrierUnreachable(`the carrier: ${code}`);
  return error instanceof Error ? error : new Error(String(error));
}
