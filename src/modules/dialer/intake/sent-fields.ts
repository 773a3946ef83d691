import type { Request } from 'express';
import { parse } from 'node:querystring';
import { Invalid } from '../../../platform/errors';
import type { SentFields } from './signature';

/** More names than this in a query or form are not read; a dialer sends about eighty. */
const MAX_NAMES = 1000;

/** What the request carries. */
export interface Sent {
  fields: SentFields;
  /** `api_key` of the query string. */
  queryKey: unknown;
  /** Whether one name stands in the query and in the body. */
  twice: boolean;
}

/**
 * The fields as sent: the query of a GET; of a POST the JSON object or form, and what stands in its query beside it (a
 * name in both is the body's). `api_key` in a query counts like any other field here.
 */
export function sentFields(request: Request): Sent {
  const query = queryFields(request.originalUrl);
  const queryKey = query['api_key'];
  if (request.method !== 'POST') return { fields: query, queryKey, twice: false };
  const body = bodyFields(request);
  return {
    fields: Object.assign(Object.create(null), query, body) as SentFields,
    queryKey,
    twice: Object.keys(query).some((name) => Object.hasOwn(body, name)),
  };
}

function queryFields(url: string): Record<string, unknown> {
  const mark = url.indexOf('?');
  return mark < 0 ? {} : form(url.slice(mark + 1));
}

function bodyFields(request: Request & { rawBody?: Buffer }): Record<string, unknown> {
  if (request.is('application/x-www-form-urlencoded')) return form(request.rawBody?.toString('utf8') ?? '');
  const body = request.body as unknown;
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Invalid('The body must be a JSON object');
  }
  return body as Record<string, unknown>;
}

/** A name given more than once is an array, as JavaScript's own parsers have it. */
const form = (text: string): Record<string, unknown> =>
  parse(text, '&', '=', { maxKeys: MAX_NAMES }) as Record<string, unknown>;
