import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import { Invalid } from '../errors';

/** Marks a route whose input may come from the query string or a JSON body; read by `openapi.ts` to document both. */
export const QUERY_OR_BODY = 'http:query-or-body';

/** Documents `dto` as the route's input, in the query string or in the body. Goes with `@Input()`. */
export const QueryOrBody = (dto: new () => object): MethodDecorator => SetMetadata(QUERY_OR_BODY, dto);

/** The query string and the JSON body as one input; a value in the body wins. Validated like any other parameter. */
export const Input = createParamDecorator((_data: unknown, context: ExecutionContext): Record<string, unknown> => {
  const { query, body } = context.switchToHttp().getRequest<Request>();
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw new Invalid('The body must be a JSON object');
  }
  return { ...(query as Record<string, unknown>), ...(body as Record<string, unknown> | undefined) };
});
