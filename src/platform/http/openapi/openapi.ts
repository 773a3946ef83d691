import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { declaredRoutes, operationIdOf, type Route } from '../routes';
import { CONVENTIONS, TAGS } from './conventions';
import { ERROR_SCHEMAS, errorResponse, expectedErrors, isIdempotent } from './error-responses';
import { exampleOf, resolved, type Schema } from './examples';
import { loosenGuesses } from './loosen';
import { SECURITY_SCHEMES, securityOf, whoMayCall } from './who';

interface Content {
  schema?: Schema;
  example?: unknown;
  examples?: unknown;
}

interface Answer {
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, Content>;
  $ref?: string;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  $ref?: string;
}

interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: unknown;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; description?: string; content: Record<string, Content> };
  responses: Record<string, Answer>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
const JSON_TYPE = 'application/json';
const header = (description: string, schema: Schema): object => ({ description, schema });

/**
 * The OpenAPI document of the application: what the Swagger plugin read from the classes, completed from the route's
 * own decorators (who may call, limits, media types, idempotency), with every error and an example of each answer.
 * Complete only in a built product: the plugin works at build time.
 */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const routes = declaredRoutes(app);
  const base = new DocumentBuilder()
    .setTitle('Call centre')
    .setVersion('1')
    .setDescription(CONVENTIONS)
    .addServer('/', 'This server')
    .build();
  const inputs = routes.flatMap(({ queryOrBody }) => (queryOrBody ? [queryOrBody] : []));
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: operationIdOf,
    extraModels: [...new Set(inputs)],
    autoTagControllers: false,
  });
  const components = (document.components ??= {});
  components.securitySchemes = { ...SECURITY_SCHEMES };
  components.schemas = { ...components.schemas, ...(ERROR_SCHEMAS as object) };
  Object.assign(components, { headers: HEADERS, parameters: PARAMETERS });
  loosenGuesses(document);
  const byPlace = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const used = new Map<string, number>();
  const paths: OpenAPIObject['paths'] = {};
  for (const [given, item] of Object.entries(document.paths)) {
    const path = given.length > 1 ? given.replace(/\/$/, '') : given;
    for (const method of METHODS) {
      const operation = (item as Record<string, Operation | undefined>)[method];
      if (!operation) continue;
      const route = byPlace.get(`${method.toUpperCase()} ${path}`);
      if (route) complete(document, operation, route, used);
    }
    paths[path] = { ...paths[path], ...item };
  }
  document.paths = Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
  document.tags = tagsOf(document);
  return document;
}

function complete(document: OpenAPIObject, operation: Operation, route: Route, used: Map<string, number>): void {
  const count = (used.get(route.operationId) ?? 0) + 1;
  used.set(route.operationId, count);
  operation.operationId = count > 1 ? `${route.operationId}_${count}` : route.operationId;
  operation.summary = operation.summary?.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
  operation.description = [operation.description, `**Who may call:** ${whoMayCall(route.rule)}`]
    .filter(Boolean)
    .join('\n\n');
  const tags = operation.tags?.length ? operation.tags : [route.controller.name.replace(/Controller$/, '')];
  operation.tags = tags.map((tag) => tag.replace(/^./, (letter) => letter.toUpperCase()));
  operation.security = securityOf(route.rule);
  if (route.queryOrBody) takeQueryOrBody(document, operation, route.queryOrBody);
  documentBody(document, operation, route);
  documentAnswers(document, operation, route);
  const shared = [{ $ref: '#/components/parameters/X-Request-Id' }] as Parameter[];
  if (isIdempotent(route)) shared.unshift({ $ref: '#/components/parameters/Idempotency-Key' } as Parameter);
  operation.parameters = [...(operation.parameters ?? []), ...shared];
}

/** A route whose input comes from the query or the body is documented as taking either. */
function takeQueryOrBody(document: OpenAPIObject, operation: Operation, dto: new () => object): void {
  const schema = resolved(document, { $ref: `#/components/schemas/${dto.name}` });
  const given = new Set(operation.parameters?.map(({ name }) => name));
  const required = new Set(schema.required);
  const parameters = Object.entries(schema.properties ?? {})
    .filter(([name]) => !given.has(name))
    .map(([name, { description, ...field }]) => ({
      name,
      in: 'query',
      required: false,
      description: [description, required.has(name) ? 'Required, here or in the body.' : ''].filter(Boolean).join(' '),
      schema: field,
    }));
  operation.parameters = [...(operation.parameters ?? []), ...parameters];
  operation.requestBody = {
    required: false,
    description: 'Instead of query parameters; a value here wins.',
    content: { [JSON_TYPE]: { schema: { $ref: `#/components/schemas/${dto.name}` } } },
  };
}

function documentBody(document: OpenAPIObject, operation: Operation, route: Route): void {
  if (route.method === 'GET' && !route.queryOrBody) delete operation.requestBody;
  const { requestBody } = operation;
  const sent = requestBody && Object.values(requestBody.content)[0];
  if (!requestBody || !sent) return;
  if (!route.queryOrBody) {
    requestBody.content = Object.fromEntries(route.mediaTypes.map((type) => [type, { ...sent }]));
  }
  for (const content of Object.values(requestBody.content)) addExample(document, content);
}

function documentAnswers(document: OpenAPIObject, operation: Operation, route: Route): void {
  const hasBody = operation.requestBody !== undefined;
  const hasInput = hasBody || (operation.parameters ?? []).length > 0;
  const answers: Record<string, Answer> = {};
  const wanted = new Set([
    ...Object.keys(operation.responses).filter((status) => status !== 'default'),
    ...expectedErrors(route, hasInput, hasBody).map(String),
  ]);
  for (const status of [...wanted].sort()) {
    const declared = operation.responses[status];
    if (Number(status) >= 400)
      answers[status] = errorResponse(route.path, Number(status), declared?.description) as Answer;
    else if (declared) answers[status] = success(document, declared, route);
  }
  operation.responses = answers;
}

function success(document: OpenAPIObject, answer: Answer, route: Route): Answer {
  if (route.produces.length > 0 && !answer.content) {
    answer.content = Object.fromEntries(route.produces.map((type) => [type, { schema: { type: 'string' } }]));
  }
  for (const content of Object.values(answer.content ?? {})) addExample(document, content);
  const headers: Record<string, unknown> = {
    ...answer.headers,
    'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
  };
  if (route.limit) {
    for (const name of ['RateLimit', 'RateLimit-Policy']) headers[name] = { $ref: `#/components/headers/${name}` };
  }
  if (isIdempotent(route)) headers['Idempotency-Replayed'] = { $ref: '#/components/headers/Idempotency-Replayed' };
  return { ...answer, description: answer.description || 'Done', headers };
}

function addExample(document: OpenAPIObject, content: Content): void {
  if (content.example !== undefined || content.examples !== undefined || !content.schema) return;
  const example = exampleOf(document, content.schema);
  if (example !== undefined) content.example = example;
}

function tagsOf(document: OpenAPIObject): { name: string; description: string }[] {
  const used = new Set<string>();
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS)
      for (const tag of (item as Record<string, Operation>)[method]?.tags ?? []) used.add(tag);
  }
  const order = Object.keys(TAGS);
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...used]
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((name) => ({ name, description: TAGS[name] ?? `${name}.` }));
}

const HEADERS = {
  'X-Request-Id': header('The id of this request.', { type: 'string' }),
  RateLimit: header('What is left, and the seconds until it is full again.', {
    type: 'string',
    example: '"reads";r=599;t=60',
  }),
  'RateLimit-Policy': header('The limit: how many in how many seconds.', {
    type: 'string',
    example: '"reads";q=600;w=60',
  }),
  'Retry-After': header('Seconds after which to come again.', { type: 'integer', example: 30 }),
  'Idempotency-Replayed': header('`true` when this is the kept answer to an earlier request.', {
    type: 'string',
    enum: ['true'],
  }),
};

const PARAMETERS = {
  'X-Request-Id': {
    name: 'X-Request-Id',
    in: 'header',
    required: false,
    description: 'An id of yours, to find this request again.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,100}$', example: 'my-request-1' },
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Makes the request safe to send again: it runs once, and the first answer is repeated.',
    schema: { type: 'string', minLength: 1, maxLength: 255, example: '0b0c5a52-8f6e-4e0e-9d9b-1f1d0a7e6c11' },
  },
};
