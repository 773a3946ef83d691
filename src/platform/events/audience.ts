import type { Actor } from '../access/actor';

/**
 * Who may see an event: written on its row by the room that appends it, and the only thing that live connections,
 * resume and `/api/events` look at. Admins see every event; the rest see it when one of these fits.
 */
export interface Audience {
  /** `agent` and `user` as a whole. */
  roles?: ('agent' | 'user')[];
  /** Agents of these departments, and agents without any department (who work for all of them). */
  departments?: string[];
  /** Ids of users: the agent's own user, the subscriber. */
  users?: string[];
  /** API keys with `events:read` and this scope, for example `leads:read`. */
  scope: string;
}

/** The columns of an event that hold its audience. */
export interface AudienceColumns {
  audience_roles: string[];
  audience_departments: string[];
  audience_users: string[];
  audience_scope: string;
}

/** What of an event a viewer is measured by. */
export interface Viewpoint {
  everything: boolean;
  roles: string[];
  /** null: every department. */
  departments: string[] | null;
  users: string[];
  /** null: not an API key; otherwise its scopes. */
  scopes: string[] | null;
}

/** The audience as the event row keeps it. */
export const audienceColumns = (audience: Audience): AudienceColumns => ({
  audience_roles: audience.roles ?? [],
  audience_departments: audience.departments ?? [],
  audience_users: audience.users ?? [],
  audience_scope: audience.scope,
});

/** How the audience is measured for this actor. */
export function viewpointOf(actor: Actor): Viewpoint {
  if (actor.kind === 'api_key') {
    const scopes = actor.scopes.includes('events:read') || actor.scopes.includes('*') ? actor.scopes : [];
    return { everything: scopes.includes('*'), roles: [], departments: [], users: [], scopes };
  }
  const departments = actor.agent ? (actor.agent.departments.length > 0 ? actor.agent.departments : null) : [];
  return { everything: actor.role === 'admin', roles: [actor.role], departments, users: [actor.id], scopes: null };
}

/** Whether an event with this audience may be shown. `visibleSql` says the same in SQL; a test compares the two. */
export function maySee(view: Viewpoint, event: AudienceColumns): boolean {
  if (view.everything) return true;
  if (view.scopes) return view.scopes.includes(event.audience_scope);
  if (event.audience_roles.some((role) => view.roles.includes(role))) return true;
  if (event.audience_users.some((user) => view.users.includes(user))) return true;
  if (view.departments === null) return event.audience_departments.length > 0;
  return event.audience_departments.some((department) => view.departments?.includes(department));
}

/** `maySee` as a condition on table alias `alias`; pushes its parameters to `params`. */
export function visibleSql(view: Viewpoint, alias: string, params: unknown[]): string {
  if (view.everything) return 'true';
  const param = (value: unknown): string => `$${params.push(value)}`;
  if (view.scopes) return `${alias}.audience_scope = any(${param(view.scopes)}::text[])`;
  const departments =
    view.departments === null
      ? `cardinality(${alias}.audience_departments) > 0`
      : `${alias}.audience_departments && ${param(view.departments)}::text[]`;
  return (
    `(${alias}.audience_roles && ${param(view.roles)}::text[]` +
    ` or ${alias}.audience_users && ${param(view.users)}::uuid[] or ${departments})`
  );
}
