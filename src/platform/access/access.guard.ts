import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { DomainError, Forbidden, Unauthenticated } from '../errors';
import { ACCESS_RULE, type AccessRequest, type AccessRule, type Role } from './access.decorators';
import type { Actor } from './actor';
import { Authenticator } from './authenticator';
import { type Limit, RATE_LIMIT, READS, REFUSALS, WRITES } from './rate-limit.decorator';
import { addressKey, callerKey, RateLimits } from './rate-limits';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Guards every HTTP route: closed unless the route says who may enter, and held to its rate limit. Limits are counted
 * here and not in a guard of their own, because a wrong credential has to cost its address something too.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const rule = this.metadata<AccessRule>(ACCESS_RULE, context);
    const request = context.switchToHttp().getRequest<AccessRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    if (rule?.kind === 'own') {
      // What the route's own guard lets in is not limited here; what it refuses costs its address.
      request.onRefusal = () => this.limits.spend(REFUSALS, addressKey(request), response);
      return true;
    }
    const limit = this.metadata<Limit | null>(RATE_LIMIT, context);
    const spend = async (actor: Actor | undefined): Promise<void> => {
      if (limit === null) return;
      const held = limit ?? (READING.has(request.method) ? READS : WRITES);
      await this.limits.spend(held, held.per === 'address' ? addressKey(request) : callerKey(actor, request), response);
    };
    if (rule?.kind === 'public') {
      // A public route may still want to know an admin (registration does); a wrong token there is nobody.
      request.actor = await this.authenticator.authenticate(request).catch(() => undefined);
      await spend(request.actor);
      return true;
    }
    const actor = await this.authenticator.authenticate(request).catch(async (error: unknown) => {
      // Not when reading the credential failed through a fault of ours (no database)
      if (error instanceof DomainError && error.status < 500) await spend(undefined);
      throw error;
    });
    await spend(actor);
    if (!actor) throw new Unauthenticated();
    request.actor = actor;
    if (!rule || !mayEnter(actor, rule)) throw new Forbidden();
    return true;
  }

  private metadata<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}

/** Whether the rule lets this actor in. */
export function mayEnter(actor: Actor, rule: Extract<AccessRule, { kind: 'actors' }>): boolean {
  if (actor.kind === 'api_key') {
    return rule.scope !== null && (actor.scopes.includes(rule.scope) || actor.scopes.includes('*'));
  }
  return (
    actor.kind === 'user' &&
    rolesOf(actor.role, actor.agent?.isSupervisor ?? false).some(
      (role) => rule.roles.includes(role) || role === 'admin',
    )
  );
}

const rolesOf = (role: 'admin' | 'agent' | 'user', isSupervisor: boolean): Role[] =>
  isSupervisor ? [role, 'supervisor'] : [role];
