import { registerDecorator } from 'class-validator';

const MAX_HEADERS = 20;
const MAX_NAME = 100;
const MAX_VALUE = 2000;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Printable ASCII and tabs: no line break that would begin another header, nothing a receiver reads otherwise. */
const VALUE = /^[\t\x20-\x7e]*$/;
/** Ours, and those that concern the connection (RFC 9110, 7.6.1). */
const RESERVED = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);
const RESERVED_BEGINNINGS = ['webhook-', 'x-webhook-', 'proxy-', 'sec-', 'x-forwarded-', ':'];

/** What is wrong with custom headers; undefined when they may be sent. */
export function headersProblem(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return 'must be an object of texts';
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) return `must be at most ${MAX_HEADERS}`;
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (name.length > MAX_NAME || !TOKEN.test(name)) return 'must have names of letters, digits and hyphens';
    if (RESERVED.has(lower) || RESERVED_BEGINNINGS.some((start) => lower.startsWith(start))) {
      return `must not set ${lower}, which is reserved`;
    }
    if (seen.has(lower)) return `must not set ${lower} twice`;
    seen.add(lower);
    if (typeof value !== 'string' || value.length > MAX_VALUE || !VALUE.test(value)) {
      return `must have printable values of at most ${MAX_VALUE} characters`;
    }
  }
  return undefined;
}

/** class-validator: custom headers of a webhook. */
export const AreWebhookHeaders = (): PropertyDecorator => (target, propertyKey) =>
  registerDecorator({
    name: 'areWebhookHeaders',
    target: target.constructor,
    propertyName: propertyKey as string,
    validator: {
      validate: (value: unknown) => headersProblem(value) === undefined,
      defaultMessage: (args) => `$property ${headersProblem(args?.value) ?? ''}`,
    },
  });
