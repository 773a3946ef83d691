import type { TimeCursor } from '../../platform/http/page';
import type { TicketFilter } from './ticket-filter';
import { containing, SEARCHED_SQL, searchKey } from './ticket-search';
import { TICKET_PRIORITIES, TICKET_STATUSES } from './ticket-status';

/** A statement and its parameters. */
export interface Statement {
  sql: string;
  params: unknown[];
}

/**
 * The statement that reads one page of tickets, newest first, by an index that has the filter and the order, whatever
 * the number of rows. Status and priority are few: where one is not asked for, all its values are, each read by the
 * same index (`status, priority, created_at desc, id desc`, after the department or the agent if there is one), and the
 * newest of all these short lists are the page.
 */
export function ticketPageSql(filter: TicketFilter, limit: number, after?: TimeCursor): Statement {
  const params: unknown[] = [];
  const param = (value: unknown): string => `$${params.push(value)}`;
  const rows = param(limit);
  const range = (alias: string, id: string): string[] => [
    ...(after ? [`(${alias}.created_at, ${id}) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`] : []),
    ...(filter.from ? [`${alias}.created_at >= ${param(filter.from)}`] : []),
    ...(filter.before ? [`${alias}.created_at < ${param(filter.before)}`] : []),
  ];
  const equals = [
    ...(filter.department === undefined ? [] : [`t.department = ${param(filter.department)}`]),
    ...(filter.agentId === undefined
      ? []
      : [filter.agentId === null ? 't.assigned_agent_id is null' : `t.assigned_agent_id = ${param(filter.agentId)}`]),
  ];
  const few = [
    ...(filter.customerId ? [`t.customer_id = ${param(filter.customerId)}`] : []),
    ...(filter.phone ? [`t.customer_phone_e164 = ${param(filter.phone)}`] : []),
    ...(filter.ownerId ? [`t.owner_user_id = ${param(filter.ownerId)}`] : []),
    ...(filter.search ? [searchSql(filter.search, param)] : []),
  ];
  const statuses = filter.statuses ?? TICKET_STATUSES;
  const priorities = filter.priorities ?? TICKET_PRIORITIES;
  const [tag, ...moreTags] = filter.tags ?? [];

  if (tag !== undefined) {
    const others = moreTags.length > 0 ? [`t.tags @> ${param(moreTags)}::text[]`] : [];
    const conditions = [
      `g.tag = ${param(tag)}`,
      'g.status = s.status',
      ...range('g', 'g.ticket_id'),
      ...equals,
      ...few,
      ...others,
      ...(filter.priorities ? [`t.priority = any(${param(filter.priorities)}::text[])`] : []),
    ];
    return newest(
      `select b.* from unnest(${param(statuses)}::text[]) as s (status)
        cross join lateral (
          select g.ticket_id as id, g.created_at from ticket_tag g join ticket t on t.id = g.ticket_id
           where ${conditions.join(' and ')} order by g.created_at desc, g.ticket_id desc limit ${rows}) b`,
    );
  }
  const unfiltered = equals.length === 0 && !filter.statuses && !filter.priorities;
  if (few.length > 0 || unfiltered) {
    const conditions = [
      ...few,
      ...equals,
      ...(filter.statuses ? [`t.status = any(${param(filter.statuses)}::text[])`] : []),
      ...(filter.priorities ? [`t.priority = any(${param(filter.priorities)}::text[])`] : []),
      ...range('t', 't.id'),
    ];
    return newest(`select t.id, t.created_at from ticket t where ${conditions.join(' and ') || 'true'}`);
  }
  const conditions = ['t.status = s.status', 't.priority = p.priority', ...equals, ...range('t', 't.id')];
  return newest(
    `select b.* from unnest(${param(statuses)}::text[]) as s (status)
      cross join unnest(${param(priorities)}::text[]) as p (priority)
      cross join lateral (
        select t.id, t.created_at from ticket t where ${conditions.join(' and ')}
         order by t.created_at desc, t.id desc limit ${rows}) b`,
  );

  function newest(found: string): Statement {
    return {
      sql: `select t.* from (select f.id, f.created_at from (${found}) f order by f.created_at desc, f.id desc limit ${rows}) page
              join ticket t on t.id = page.id order by page.created_at desc, page.id desc`,
      params,
    };
  }
}

/** A number or the beginning of one is looked up as such; anything else in the text, by the trigram index. */
function searchSql(text: string, param: (value: unknown) => string): string {
  if (/^tkt-/i.test(text)) return `t.code like ${param(containing(text.toUpperCase()).slice(1))}`;
  const looked = text.toLowerCase();
  const [key, exactly] = [param(containing(searchKey(looked))), param(containing(looked))];
  // coalesce hides the second look from the planner, which would multiply the two and think every word rare: it chooses
  // by the key alone between the trigram index (rare words) and the newest rows in order (common ones)
  return `(t.search_key like ${key} and coalesce(${SEARCHED_SQL} like ${exactly}, false))`;
}
