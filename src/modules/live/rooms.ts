import type { AudienceColumns, Viewpoint } from '../../platform/events/audience';

const EVERYTHING = 'everything';
const ANY_DEPARTMENT = 'any-department';
const role = (name: string): string => `role:${name}`;
const department = (name: string): string => `department:${name}`;
const user = (id: string): string => `user:${id}`;
const scope = (name: string): string => `scope:${name}`;

/*
 * `maySee` as rooms: a viewer may see an event exactly when the two have a room in common (a test compares). So who
 * gets an event is looked up, room by room, whatever the number of connections, and nobody is asked one by one.
 */

/** The rooms a connection stands in while it looks from `view`. */
export function roomsOfViewer(view: Viewpoint): string[] {
  if (view.everything) return [EVERYTHING];
  if (view.scopes) return view.scopes.map(scope);
  return [
    ...view.roles.map(role),
    ...view.users.map(user),
    ...(view.departments === null ? [ANY_DEPARTMENT] : view.departments.map(department)),
  ];
}

/** The rooms an event is told to. */
export function roomsOfEvent(event: AudienceColumns): string[] {
  const { audience_departments: departments } = event;
  return [
    EVERYTHING,
    scope(event.audience_scope),
    ...event.audience_roles.map(role),
    ...event.audience_users.map(user),
    ...(departments.length > 0 ? [ANY_DEPARTMENT, ...departments.map(department)] : []),
  ];
}
