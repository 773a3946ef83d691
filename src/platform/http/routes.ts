import { type INestApplicationContext, RequestMethod } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from '../access/access.decorators';
import { type Limit, RATE_LIMIT, READS, WRITES } from '../access/rate-limit.decorator';
import { mediaTypesOf } from './media-type.interceptor';
import { QUERY_OR_BODY } from './input.decorator';

/** A route of the application, as its decorators say. */
export interface Route {
  /** GET, POST … */
  method: string;
  /** `/api/leads/{id}`, without a trailing slash. */
  path: string;
  /** Unique and stable: `Leads_list`. */
  operationId: string;
  controller: Function;
  handler: Function;
  /** undefined: closed to everybody. */
  rule: AccessRule | undefined;
  /** null: unlimited; undefined: not limited here, because the route's own guard decides. */
  limit: Limit | null | undefined;
  mediaTypes: string[];
  /** What it answers when that is not JSON, from `@ApiProduces`. */
  produces: string[];
  /** The input of a route that takes it from the query or the body. */
  queryOrBody: (new () => object) | undefined;
}

/** The operation id of a controller's method; `openapi.ts` and the tests find a route's operation by it. */
export const operationIdOf = (controller: string, method: string): string =>
  `${controller.replace(/Controller$/, '')}_${method}`;

const joined = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`.replace(/:(\w+)/g, '{$1}');

const listed = (value: string | string[] | undefined): string[] => (Array.isArray(value) ? value : [value ?? '']);

/** Every route that a controller declares, in the order of path and method. */
export function declaredRoutes(app: INestApplicationContext): Route[] {
  const reflector = new Reflector();
  const routes: Route[] = [];
  const seen = new Set<Function>();
  for (const module of app.get(ModulesContainer, { strict: false }).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function' || seen.has(metatype)) continue;
      seen.add(metatype);
      const prefixes = listed(Reflect.getMetadata('path', metatype) as string | string[]);
      for (const [name, handler] of handlersOf(metatype)) {
        const method = RequestMethod[Reflect.getMetadata('method', handler) as number] ?? 'GET';
        const paths = listed(Reflect.getMetadata('path', handler) as string | string[]);
        const targets = [handler, metatype] as [Function, Function];
        const rule = reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, targets);
        const limit = reflector.getAllAndOverride<Limit | null | undefined>(RATE_LIMIT, targets);
        for (const prefix of prefixes) {
          for (const path of paths) {
            routes.push({
              method,
              path: joined(prefix, path),
              operationId: operationIdOf(metatype.name, name),
              controller: metatype,
              handler,
              rule,
              limit: limit ?? (limit === null || rule?.kind === 'own' ? limit : method === 'GET' ? READS : WRITES),
              mediaTypes: mediaTypesOf(reflector, handler, metatype),
              produces: reflector.getAllAndOverride<string[] | undefined>('swagger/apiProduces', targets) ?? [],
              queryOrBody: Reflect.getMetadata(QUERY_OR_BODY, handler) as Route['queryOrBody'],
            });
          }
        }
      }
    }
  }
  return routes.sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

/** The methods of a controller class, inherited ones too, that have a route. */
function handlersOf(controller: Function): [string, Function][] {
  const found = new Map<string, Function>();
  for (
    let proto = controller.prototype as object;
    proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto) as object
  ) {
    for (const name of Object.getOwnPropertyNames(proto)) {
      const handler: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
      if (name === 'constructor' || typeof handler !== 'function' || found.has(name)) continue;
      if (Reflect.hasMetadata('method', handler)) found.set(name, handler);
    }
  }
  return [...found];
}
