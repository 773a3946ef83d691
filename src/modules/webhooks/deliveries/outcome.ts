import type { OutboundFault } from '../../../platform/outbound/outbound';

/** What came of an attempt: an answer, or why none came. */
export type Answer =
  | { status: number; retryAfter?: string; response: string }
  | { fault: OutboundFault; message: string }
  /** The endpoint was not even asked. */
  | { unsendable: string };

/**
 * What an attempt means.
 * - `gone`: the endpoint wants no more (410).
 * - `failed` at once: no retry could help, and it is not the endpoint's doing.
 */
export type Outcome =
  { kind: 'delivered' } | { kind: 'gone' } | { kind: 'failed' } | { kind: 'retry'; retryAfterMs?: number };

const MAX_RETRY_AFTER_MS = 24 * 3_600_000;
/** Too many requests, not available: these may say when to come back. */
const THROTTLES = new Set([429, 503]);

/** 2xx is success; everything else failure, redirects included; 410 ends it; 429 and 503 may name a time. */
export function judge(answer: Answer, now: number): Outcome {
  if ('unsendable' in answer) return { kind: 'failed' };
  if ('fault' in answer) return { kind: 'retry' };
  if (answer.status >= 200 && answer.status < 300) return { kind: 'delivered' };
  if (answer.status === 410) return { kind: 'gone' };
  const retryAfterMs = THROTTLES.has(answer.status) ? readRetryAfter(answer.retryAfter, now) : undefined;
  return retryAfterMs === undefined ? { kind: 'retry' } : { kind: 'retry', retryAfterMs };
}

/** `Retry-After` in either form (RFC 9110), as milliseconds from now, at most a day; undefined when it says nothing. */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim();
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, MAX_RETRY_AFTER_MS);
  // only the date of HTTP; Date.parse alone would also read "7" or "-1" as one
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined;
  const at = Date.parse(value);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(0, at - now), MAX_RETRY_AFTER_MS);
}
