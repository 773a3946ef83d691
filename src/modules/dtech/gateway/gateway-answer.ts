import { DateTime } from 'luxon';
import type { DomainError } from '../../../platform/errors';
import {
  DtechAuthFailed,
  DtechConflict,
  DtechNotFound,
  DtechRefused,
  DtechTooManyRequests,
  DtechUnavailable,
} from '../dtech.errors';

/** What the gateway answered, not yet understood. */
export interface GatewayAnswer {
  status: number;
  /** Parsed JSON, or the text when it is none (cut to a sane length by the reader). */
  body: unknown;
  retryAfterSeconds?: number;
}

/** Why the gateway refused our credentials, in words for the log. */
export type AuthFailure = 'clock skew' | 'unknown key' | 'signature' | 'permission' | 'unsigned' | 'other';

/** The gateway's own words in an answer. */
export function messageOf(body: unknown): string {
  if (typeof body === 'string') return body.slice(0, 500);
  if (body && typeof body === 'object') {
    for (const name of ['message', 'Message', 'detail', 'error', 'errorMessage']) {
      const value = (body as Record<string, unknown>)[name];
      if (typeof value === 'string') return value.slice(0, 500);
    }
  }
  return '';
}

/** Tells the kinds of 401 and 403 of API Gateway apart by their published messages. */
export function authFailure(message: string): AuthFailure {
  if (/signature expired|not yet current|request time too skewed|is now (earlier|later) than/i.test(message))
    return 'clock skew';
  if (/security token|unrecognizedclient|invalid.*access key/i.test(message)) return 'unknown key';
  if (/signature we calculated|signature does not match|incompletesignature/i.test(message)) return 'signature';
  if (/not authorized to perform|access ?denied|explicit deny/i.test(message)) return 'permission';
  if (/missing authentication token/i.test(message)) return 'unsigned';
  return 'other';
}

/** The error of ours that keeps the meaning of a refusal. */
export function errorFor(answer: GatewayAnswer): DomainError {
  const message = messageOf(answer.body);
  switch (answer.status) {
    case 400:
    case 422:
      return new DtechRefused(message || 'The sales gateway refused the request');
    case 401:
    case 403:
      return new DtechAuthFailed();
    case 404:
      return new DtechNotFound(message || 'The sales gateway knows no such process');
    case 409:
      return new DtechConflict(message || 'The sales gateway says that this cannot be done now');
    case 429:
      return new DtechTooManyRequests(answer.retryAfterSeconds ?? 10, 'The sales gateway asks us to slow down');
    default:
      return new DtechUnavailable();
  }
}

/** A text member of an answer under any of several names; undefined when none is there. */
export function textIn(body: unknown, ...names: string[]): string | undefined {
  if (!body || typeof body !== 'object') return undefined;
  for (const name of names) {
    const value = (body as Record<string, unknown>)[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

/** The longest id of the gateway that is kept; its own are UUIDs. */
const MAX_ID = 36;

/** An id in an answer under any of several names; undefined when there is none that could be one. */
export function idIn(body: unknown, ...names: string[]): string | undefined {
  const id = textIn(body, ...names);
  // eslint-disable-next-line no-control-regex -- PostgreSQL keeps no NUL
  return id && id.length <= MAX_ID && !/[\u0000-\u001f]/.test(id) ? id : undefined;
}

/** What a status answer means for us; the published documents do not say how it is spelled, so it is read tolerantly. */
export function processStatus(body: unknown): 'in_progress' | 'complete' | 'stopped' | undefined {
  const text = textIn(body, 'status', 'state', 'sales_process_status', 'process_status', 'Status');
  const word = text?.toLowerCase().replace(/[\s-]+/g, '_');
  if (!word) return undefined;
  if (/^(complete|completed|done|finished|success)/.test(word)) return 'complete';
  if (/^(stop|stopped|cancel|canceled|cancelled|abandoned|expired)/.test(word)) return 'stopped';
  return 'in_progress';
}

/** `url_expiry` as a time: ISO 8601 (naive ones in `zone`), or seconds since 1970 or from `now` on. */
export function expiryOf(body: unknown, zone: string, now: Date): Date | null {
  const text = textIn(body, 'url_expiry', 'urlExpiry', 'expiry', 'expires_at');
  if (!text) return null;
  if (/^\d+$/.test(text)) {
    const seconds = Number(text);
    return new Date(seconds > 1e12 ? seconds : seconds > 1e9 ? seconds * 1000 : now.getTime() + seconds * 1000);
  }
  const time = DateTime.fromISO(text, { zone });
  return time.isValid ? time.toJSDate() : null;
}

/** When a presigned URL ends (`X-Amz-Date` + `X-Amz-Expires`); null when it does not say. */
export function presignedExpiry(url: string): Date | null {
  if (!URL.canParse(url)) return null;
  const query = new URL(url).searchParams;
  const date = DateTime.fromFormat(query.get('X-Amz-Date') ?? '', "yyyyMMdd'T'HHmmss'Z'", { zone: 'utc' });
  const seconds = Number(query.get('X-Amz-Expires'));
  return date.isValid && seconds > 0 ? date.plus({ seconds }).toJSDate() : null;
}
