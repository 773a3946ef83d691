import type { Actor } from '../../platform/access/actor';
import type { Call } from './call.entity';

/**
 * Who sees which call: admins, services with the scope and the house itself all; a subscriber his own; an agent those
 * of his departments (of all, if he has none), those of no department, and his. A call not seen is not there.
 */
export function maySeeCall(
  actor: Actor,
  call: Pick<Call, 'department' | 'assigned_agent_id' | 'consult_agent_id' | 'owner_user_id'>,
): boolean {
  if (actor.kind !== 'user' || actor.role === 'admin') return true;
  if (call.owner_user_id === actor.id) return true;
  if (actor.role !== 'agent') return false;
  const { agent } = actor;
  if (!agent) return call.department === null;
  if (agent.departments.length === 0 || call.department === null) return true;
  return (
    agent.departments.includes(call.department) ||
    call.assigned_agent_id === agent.id ||
    call.consult_agent_id === agent.id
  );
}

/** `maySeeCall` as a condition on table alias `alias`; pushes its parameters to `params`. A test compares the two. */
export function visibleCallsSql(actor: Actor, alias: string, params: unknown[]): string {
  if (actor.kind !== 'user' || actor.role === 'admin') return 'true';
  const param = (value: unknown): string => `$${params.push(value)}`;
  const { agent } = actor;
  // before the first parameter is pushed: one that is not used is an error to PostgreSQL
  if (actor.role === 'agent' && agent?.departments.length === 0) return 'true';
  const own = `${alias}.owner_user_id = ${param(actor.id)}::uuid`;
  if (actor.role !== 'agent') return own;
  if (!agent) return `(${own} or ${alias}.department is null)`;
  const id = param(agent.id);
  return (
    `(${own} or ${alias}.department is null or ${alias}.department = any(${param(agent.departments)}::text[])` +
    ` or ${alias}.assigned_agent_id = ${id}::uuid or ${alias}.consult_agent_id = ${id}::uuid)`
  );
}
