import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { ACCESS_RULE, type AccessRule } from '../access/access.decorators';
import { UnsupportedMediaType } from '../errors';

/** Set by `@ApiConsumes`: what documents the media types of a route also decides them. */
const API_CONSUMES = 'swagger/apiConsumes';
const JSON_ONLY = ['application/json'];
/** Dialers and carriers post forms; their routes have guards of their own. */
const JSON_OR_FORM = ['application/json', 'application/x-www-form-urlencoded'];

/** What a route reads. */
export function mediaTypesOf(reflector: Reflector, handler: Function, controller: Function): string[] {
  const declared = reflector.getAllAndOverride<string[] | undefined>(API_CONSUMES, [handler, controller]);
  if (declared) return declared;
  const rule = reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [handler, controller]);
  return rule?.kind === 'own' ? JSON_OR_FORM : JSON_ONLY;
}

/** 415 for a body of a type that the route does not read; no body needs no type. */
@Injectable()
export class MediaTypeInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<Request>();
    if (hasBody(request)) {
      const types = mediaTypesOf(this.reflector, context.getHandler(), context.getClass());
      if (!request.is(types)) throw new UnsupportedMediaType(`The body must be ${types.join(' or ')}`);
    }
    return next.handle();
  }
}

/** Whether a body comes with the request, by its headers. */
export const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
