import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from './actor';

/** Who may call a route; a route without one of these three decorators is closed to everybody. */
export type AccessRule =
  { kind: 'public' } | { kind: 'own'; by: string } | { kind: 'actors'; roles: readonly Role[]; scope: string | null };

/** The columns of the role matrix. Admins may do whatever somebody may. */
export type Role = 'admin' | 'supervisor' | 'agent' | 'user';

export const ACCESS_RULE = 'access:rule';

/** Anybody, signed in or not. */
export const Public = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS_RULE, { kind: 'public' } satisfies AccessRule);

/** The route has a guard of its own (the dialer's key, a provider's signature), named for the documents. */
export const OwnGuard = (by: string): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS_RULE, { kind: 'own', by } satisfies AccessRule);

/**
 * People of these roles, and API keys with `scope` (null: no API key). `admin` may always; `agent` includes supervisors.
 * Example: `@Allow(['agent'], 'leads:read')`.
 */
export const Allow = (roles: readonly Role[], scope: Scope | null): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS_RULE, { kind: 'actors', roles, scope } satisfies AccessRule);

const ROOMS = [
  'leads',
  'customers',
  'agents',
  'calls',
  'tickets',
  'sales',
  'webhooks',
  'integrations',
  'billing',
  'dashboard',
] as const;

/** What an API key may be given. */
export type Scope = `${(typeof ROOMS)[number]}:${'read' | 'write'}` | 'events:read' | '*';

/** Every scope there is. */
export const SCOPES: readonly Scope[] = [
  ...ROOMS.flatMap((room): Scope[] => [`${room}:read`, `${room}:write`]),
  'events:read',
  '*',
];

/** A request that has passed the access guard. */
export interface AccessRequest extends Request {
  actor?: Actor;
  /** Called when a route with a guard of its own refuses the caller; throws when he has been refused too often. */
  onRefusal?: () => Promise<void>;
}

/** The actor of the request, in a controller's parameter list. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AccessRequest>();
  if (!actor) throw new Error('a public route has no actor');
  return actor;
});
