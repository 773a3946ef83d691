import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The fields of a request as they were sent, before any alias is filled in. */
export type SentFields = Readonly<Record<string, unknown>>;

/** What `v2` signs of a request. */
export interface SignedRequest {
  method: string;
  /** As on the wire, query included: `/api/leads/from-dialer/?user=CalebG`. */
  url: string;
  /** The bytes of the body; undefined or empty when there was none. */
  body: Buffer | undefined;
}

/** Never part of what `v1` signs. */
const UNSIGNED = new Set(['api_key', 'dialer_api_key', 'signature']);

/**
 * What `v1` signs: `key=value` of the fields as sent, sorted by key, joined with `&`, each value as JavaScript's
 * `String(value)` writes it. Undefined for fields that cannot be written or could be read in two ways.
 */
export function canonicalFields(fields: SentFields): string | undefined {
  const keys = Object.keys(fields)
    .filter((key) => !UNSIGNED.has(key))
    .sort();
  try {
    const values = keys.map((key) => String(fields[key]));
    if (isAmbiguous(keys, values)) return undefined;
    return keys.map((key, index) => `${key}=${values[index]}`).join('&');
  } catch {
    // an object whose toString is no function, or nested too deeply: no client of ours wrote that
    return undefined;
  }
}

/**
 * `{notes: "x&phone=1"}` and `{notes: "x", phone: "1"}` are signed alike. A value that could be the end of one field and
 * the beginning of a later one is refused, so that a signature fits one set of fields and a stranger cannot fold them.
 */
const isAmbiguous = (keys: string[], values: string[]): boolean =>
  keys.some((key, index) => {
    if (/[&=]/.test(key)) return true;
    return [...(values[index] ?? '').matchAll(/&([^&=]*)=/g)].some(([, name = '']) => name > key);
  });

/** `X-Dialer-Signature` of the first form: hex HMAC-SHA256 over the fields; undefined when they cannot be signed. */
export function signV1(secret: string, fields: SentFields): string | undefined {
  const text = canonicalFields(fields);
  return text === undefined ? undefined : hmac(secret, text);
}

/**
 * The hex of `X-Dialer-Signature: v2=<hex>`: HMAC-SHA256 over `timestamp.nonce.METHOD.path.sha256(body)`, or of the query
 * where there is no body. A query beside a body counts to the path, so that nothing of a request is left unsigned.
 */
export function signV2(secret: string, timestamp: string, nonce: string, request: SignedRequest): string {
  const mark = request.url.indexOf('?');
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  const query = mark < 0 ? '' : request.url.slice(mark + 1);
  const body = request.body?.length ? request.body : undefined;
  const payload = createHash('sha256')
    .update(body ?? query)
    .digest('hex');
  const signedPath = body && query !== '' ? request.url : path;
  return hmac(secret, [timestamp, nonce, request.method.toUpperCase(), signedPath, payload].join('.'));
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex');
