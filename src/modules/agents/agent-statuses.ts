import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { EventLog } from '../../platform/events/event-log';
import { newId } from '../../platform/time/ids';
import { AGENT_COLUMNS } from './agent-columns';
import { type AgentStatus, BY_HAND, BY_SYSTEM, type HandStatus, isPendingStatus, settled } from './agent-status';
import type { AgentRow } from './agent.entity';
import { AgentInactive, IllegalAgentStatus } from './agents.errors';
import { agentStatusChanged } from './agents.events';

/** Why and by whom a status changes. */
export interface StatusChange {
  actor: Actor;
  reason?: string | null;
  /** An offer that was withdrawn costs nobody his place: he has been idle since before it. */
  keepIdleSince?: boolean;
}

/** Told in the transaction of each change, after it was written; for rooms that act on it (slots, waiting calls). */
export type AgentStatusStep = (tx: Tx, before: AgentRow, after: AgentRow, change: StatusChange) => Promise<void>;

/**
 * The only writer of agents' statuses: each change closes one interval of the history and opens the next, and is told.
 *
 * Order of locks, so that nobody waits in a circle: a call's row first, then agents' rows, by id. `lock` takes several
 * in that order; every change wants an agent that was locked by it.
 */
@Injectable()
export class AgentStatuses {
  private readonly steps: AgentStatusStep[] = [];

  constructor(private readonly eventLog: EventLog) {}

  /** Called by rooms in `onModuleInit`. */
  onChange(step: AgentStatusStep): void {
    this.steps.push(step);
  }

  /** Locks agents against other changes, sorted by id; those that do not exist are left out. */
  lock(tx: Tx, ids: readonly string[]): Promise<AgentRow[]> {
    return tx.rows<AgentRow>(
      `select ${AGENT_COLUMNS} from agent where id = any($1::uuid[]) order by id for no key update`,
      [ids],
    );
  }

  /** The same, without those whom somebody else has locked: nobody is waited for. */
  lockUnlessHeld(tx: Tx, ids: readonly string[]): Promise<AgentRow[]> {
    return tx.rows<AgentRow>(
      `select ${AGENT_COLUMNS} from agent where id = any($1::uuid[]) order by id for no key update skip locked`,
      [ids],
    );
  }

  /**
   * The system's change of a locked agent, returned as he is then. A wish kept for after the call takes the place of
   * `available`, so look at the status that comes back. Throws IllegalAgentStatus for what the table does not list.
   */
  async change(tx: Tx, agent: AgentRow, to: AgentStatus, change: StatusChange): Promise<AgentRow> {
    const target = settled(to, agent.pending_status);
    const reason = target === to ? change.reason : agent.pending_reason;
    if (target === agent.status) return agent;
    if (!BY_SYSTEM[agent.status].includes(target)) {
      throw new IllegalAgentStatus(agent.status, target, BY_SYSTEM[agent.status]);
    }
    return this.write(tx, agent, target, { ...change, reason });
  }

  /** What a person asks for a locked agent: done now, kept for after the call, or a kept wish dropped. */
  async request(tx: Tx, agent: AgentRow, to: HandStatus, change: StatusChange): Promise<AgentRow> {
    if (!agent.is_active && to !== 'offline') throw new AgentInactive();
    const what = BY_HAND[agent.status][to];
    if (what === 'undo') return this.setPending(tx, agent, null, null);
    if (what === 'after') return this.setPending(tx, agent, to, change.reason ?? null);
    const sameReason = change.reason == null || change.reason === agent.status_reason;
    if (agent.status === to && sameReason) return agent;
    return this.write(tx, agent, to, change);
  }

  /** Opens the history of a new agent. */
  async begin(tx: Tx, agent: AgentRow, actor: Actor): Promise<void> {
    await tx.rows(
      `insert into agent_status_interval (id, agent_id, status, reason, started_at, changed_by)
       values ($1, $2, $3, $4, $5, $6)`,
      [newId(), agent.id, agent.status, agent.status_reason, agent.status_since, JSON.stringify(snapshot(actor))],
    );
  }

  private async setPending(tx: Tx, agent: AgentRow, to: HandStatus | null, reason: string | null): Promise<AgentRow> {
    const pending = to && isPendingStatus(to) ? to : null;
    if (agent.pending_status === pending && agent.pending_reason === reason) return agent;
    return one(
      tx.one<AgentRow>(
        `update agent set pending_status = $2, pending_reason = $3, updated_at = now()
          where id = $1 returning ${AGENT_COLUMNS}`,
        [agent.id, pending, reason],
      ),
    );
  }

  /**
   * One statement: the clock is read once, so that the intervals meet, and never before the open interval began, though
   * this transaction may have started before the one that opened it.
   */
  private async write(tx: Tx, agent: AgentRow, to: AgentStatus, change: StatusChange): Promise<AgentRow> {
    const after = await one(
      tx.one<AgentRow>(
        `with closed as (
           update agent_status_interval
              set ended_at = greatest(started_at, clock_timestamp()::timestamptz(3))
            where agent_id = $1 and ended_at is null returning ended_at
         ), opened as (
           insert into agent_status_interval (id, agent_id, status, reason, started_at, changed_by)
           select $2::uuid, $1, $3::text, $4::text,
                  coalesce((select ended_at from closed), clock_timestamp()::timestamptz(3)), $5::jsonb returning started_at
         )
         update agent set
             status = $3, status_reason = $4, status_since = started_at, updated_at = now(),
             idle_since = case when $3 = 'available' then case when $6 then coalesce(idle_since, started_at) else started_at end
                               when $3 = 'offered' then idle_since end,
             pending_status = case when $3 in ('offered', 'on_call', 'wrap_up') then pending_status end,
             pending_reason = case when $3 in ('offered', 'on_call', 'wrap_up') then pending_reason end
           from opened where id = $1 returning ${AGENT_COLUMNS}`,
        [
          agent.id,
          newId(),
          to,
          change.reason ?? null,
          JSON.stringify(snapshot(change.actor)),
          change.keepIdleSince ?? false,
        ],
      ),
    );
    this.eventLog.append(
      tx,
      agentStatusChanged,
      { agent_id: agent.code, status: to, previous_status: agent.status, reason: after.status_reason },
      {
        actor: change.actor,
        aggregate: `agent:${agent.id}`,
        audience: { roles: ['agent'], scope: 'agents:read' },
      },
    );
    for (const step of this.steps) await step(tx, agent, after, change);
    return after;
  }
}

async function one(row: Promise<AgentRow | undefined>): Promise<AgentRow> {
  const found = await row;
  if (!found) throw new Error('a locked agent is gone');
  return found;
}
