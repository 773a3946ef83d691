import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Forbidden, Unauthenticated } from '../errors';
import { ACCESS_RULE, type AccessRequest, type AccessRule, type Role } from './access.decorators';
import type { Actor } from './actor';
import { Authenticator } from './authenticator';

/** Guards every HTTP route: closed unless the route says who may enter. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule?.kind === 'own') return true;
    const request = context.switchToHttp().getRequest<AccessRequest>();
    if (rule?.kind === 'public') {
      // A public route may still want to know an admin (registration does); a wrong token there is nobody.
      request.actor = await this.authenticator.authenticate(request).catch(() => undefined);
      return true;
    }
    const actor = await this.authenticator.authenticate(request);
    if (!actor) throw new Unauthenticated();
    request.actor = actor;
    if (!rule || !mayEnter(actor, rule)) throw new Forbidden();
    return true;
  }
}

function mayEnter(actor: Actor, rule: Extract<AccessRule, { kind: 'actors' }>): boolean {
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
