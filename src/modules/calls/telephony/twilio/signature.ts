import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A callback as it arrived. */
export interface ArrivedCallback {
  /** Where it was sent, as the sender knows it: our public origin, path and query. */
  url: string;
  contentType: string;
  body: Buffer;
  signature: string | undefined;
}

/** The fields of a form, a name sent twice with both values. */
export type FormFields = Record<string, string | string[]>;

/**
 * The fields of a form body, undefined for one that Twilio would not write. The signature covers names and values run
 * together, so `a=b` and `a&b` are signed alike, and so are the spellings of one character: only one of each is taken.
 */
export function readForm(body: Buffer): FormFields | undefined {
  const text = body.toString('latin1');
  if (text === '') return {};
  if (!/^(?:[A-Za-z0-9*\-._~!'()+=&]|%[0-9A-F]{2})*$/.test(text)) return undefined;
  const fields: FormFields = Object.create(null) as FormFields;
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=');
    if (at < 1) return undefined;
    try {
      const name = decodeURIComponent(pair.slice(0, at).replaceAll('+', ' '));
      const value = decodeURIComponent(pair.slice(at + 1).replaceAll('+', ' '));
      const known = fields[name];
      fields[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
    } catch {
      return undefined;
    }
  }
  return fields;
}

/** What Twilio writes into `X-Twilio-Signature` for this URL and these fields. */
export function signForm(token: string, url: string, fields: FormFields): string {
  const written = Object.keys(fields)
    .sort()
    .map((name) => {
      const value = fields[name] ?? '';
      return Array.isArray(value) ? [...new Set(value)].sort().map((one) => name + one) : name + value;
    })
    .flat()
    .join('');
  return createHmac('sha1', token)
    .update(url + written, 'utf8')
    .digest('base64');
}

/** The same URL with the port written out and left out, for senders and proxies differ in that. */
export function withAndWithoutPort(url: string): string[] {
  const match = /^(https?):\/\/([^/?#:]+|\[[^\]]+\])(?::(\d+))?(.*)$/i.exec(url);
  if (!match) return [url];
  const [, scheme = '', host = '', port, rest = ''] = match;
  const standard = scheme.toLowerCase() === 'https' ? '443' : '80';
  return [`${scheme}://${host}${rest}`, `${scheme}://${host}:${port ?? standard}${rest}`];
}

/** Whether the callback is Twilio's, word for word. In constant time, whatever differs. */
export function isSigned(token: string, callback: ArrivedCallback): boolean {
  const { url, contentType, body, signature } = callback;
  if (!signature) return false;
  if (contentType === 'application/json') {
    const wanted = new URLSearchParams(url.slice(url.indexOf('?') + 1)).getAll('bodySHA256');
    if (!url.includes('?') || wanted.length !== 1) return false;
    const actual = createHash('sha256').update(body).digest('hex');
    return sameText(wanted[0] ?? '', actual) && signedFor(token, url, {}, signature);
  }
  const fields = readForm(body);
  return fields !== undefined && signedFor(token, url, fields, signature);
}

function signedFor(token: string, url: string, fields: FormFields, signature: string): boolean {
  return withAndWithoutPort(url)
    .map((candidate) => sameText(signForm(token, candidate, fields), signature))
    .some(Boolean);
}

/** Compares without telling by its time how much is right. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
