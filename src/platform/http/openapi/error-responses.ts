import { errorBody } from '../surface';
import type { Route } from '../routes';
import type { Schema } from './examples';

const DETAILS: Schema = {
  type: 'object',
  description: 'Which field is wrong, and how.',
  additionalProperties: { type: 'string' },
};
const CODE: Schema = { type: 'string', description: 'Stable; decide by it.', example: 'INVALID_INPUT' };
const REQUEST_ID: Schema = {
  type: 'string',
  description: 'The id to quote.',
  example: 'b7a1f0e2-6c1d-4c7e-9f64-2f3f1e0c9a55',
};
const sentence = (description: string): Schema => ({ type: 'string', description, example: 'name must be a string' });

function body(names: Record<string, Schema>): Schema {
  return {
    type: 'object',
    required: [...Object.keys(names), 'code', 'request_id'],
    properties: { ...names, code: CODE, details: DETAILS, request_id: REQUEST_ID },
    additionalProperties: true,
  };
}

/** The error bodies of the three surfaces. */
export const ERROR_SCHEMAS: Readonly<Record<string, Schema>> = {
  Error: body({
    success: { type: 'boolean', enum: [false], description: 'Always false.' },
    message: sentence('What is wrong.'),
    error: sentence('The same sentence.'),
  }),
  DialerError: body({ error: sentence('What is wrong.') }),
  SalesError: body({ detail: sentence('What is wrong.') }),
};

const schemaFor = (path: string): string =>
  path.startsWith('/api/leads/from-dialer') ? 'DialerError' : path.startsWith('/api/v1/sales') ? 'SalesError' : 'Error';

/** What a status means when the route says nothing more special: code, sentence, and the fields of an example. */
interface Meaning {
  code: string;
  message: string;
  details?: Record<string, string>;
  /** The description, where the sentence is only an example. */
  means?: string;
}

const MEANING: Readonly<Record<number, Meaning>> = {
  400: {
    code: 'INVALID_INPUT',
    means: 'The input is wrong',
    message: 'limit must not be greater than 200',
    details: { limit: 'must not be greater than 200' },
  },
  401: { code: 'UNAUTHENTICATED', message: 'Authentication required' },
  402: { code: 'PAYMENT_REQUIRED', message: 'The payment was refused' },
  403: { code: 'FORBIDDEN', message: 'You are not allowed to do this' },
  404: { code: 'NOT_FOUND', message: 'Not found' },
  409: { code: 'CONFLICT', message: 'Not possible in the present state' },
  412: { code: 'PRECONDITION_FAILED', message: 'It has been changed in the meantime' },
  413: { code: 'TOO_LARGE', message: 'The body is too large' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'The body must be application/json' },
  429: { code: 'TOO_MANY_REQUESTS', message: 'Too many requests' },
  500: { code: 'INTERNAL', message: 'Something went wrong on our side' },
  502: { code: 'BAD_GATEWAY', message: 'A system behind us answered wrongly' },
  503: { code: 'UNAVAILABLE', message: 'Not available at present' },
  504: { code: 'GATEWAY_TIMEOUT', message: 'A system behind us did not answer in time' },
};

/** The statuses that a route may answer because of what it is, beyond those it declares. */
export function expectedErrors(route: Route, hasInput: boolean, hasBody: boolean): number[] {
  const statuses = [500];
  if (hasInput) statuses.push(400);
  if (route.rule?.kind !== 'public') statuses.push(401, 403);
  if (route.path.includes('{')) statuses.push(404);
  if (isIdempotent(route)) statuses.push(409);
  if (hasBody) statuses.push(413, 415);
  if (route.limit !== null) statuses.push(429);
  return statuses;
}

/** Whether a route honours Idempotency-Key. */
export const isIdempotent = (route: Route): boolean =>
  route.method === 'POST' &&
  route.rule?.kind === 'actors' &&
  !/^\/api\/auth(\/|$)/.test(route.path) &&
  route.mediaTypes.includes('application/json');

/** The response object of an error; `declared` is what `@ApiErrors` wrote of it, such as `` `CALL_NOT_FOUND` ``. */
export function errorResponse(path: string, status: number, declared?: string): Record<string, unknown> {
  const meaning: Meaning = MEANING[status] ?? { code: 'ERROR', message: 'It did not work' };
  const code = /`([A-Z0-9_]+)`/.exec(declared ?? '')?.[1] ?? meaning.code;
  const { message, details } = meaning;
  const example = errorBody(path, {
    message,
    details,
    code,
    requestId: REQUEST_ID.example as string,
    extra: {},
  });
  return {
    description: declared ? `${meaning.means ?? meaning.message}: ${declared}` : (meaning.means ?? meaning.message),
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      ...(status === 429 ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
    },
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaFor(path)}` }, example } },
  };
}
