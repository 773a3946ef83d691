import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import type { Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { AGENT_COLUMNS, type AgentRow, AgentStatuses } from '../../agents';
import { AgentNotFree, TargetAgentNotFound } from '../calls.errors';
import { DueBell } from './due-bell';

type Purpose = 'main' | 'consult';

/**
 * An agent's desk: the calls he has in hand, and what he does between them. His status follows from it: on a call, else
 * being asked, else writing up, else free. Calls are locked before agents.
 */
@Injectable()
export class AgentDesks implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly statuses: AgentStatuses,
    private readonly bell: DueBell,
  ) {}

  /** Whoever ends a wrap-up or frees an agent, by hand or by the clock: the record of it ends, and calls are looked for. */
  onModuleInit(): void {
    this.statuses.onChange(async (tx, before, after) => {
      if (before.status === 'wrap_up' && after.status !== 'wrap_up') await this.closeWrapUp(tx, after.id);
      if (after.status === 'available') tx.afterCommit(() => this.bell.agentFree());
      else this.lookForMore(tx, after);
    });
  }

  /** Who may carry several calls may have a hand free while he is on one. */
  private lookForMore(tx: Tx, agent: AgentRow): void {
    if (agent.max_concurrent_calls > 1) tx.afterCommit(() => this.bell.agentFree());
  }

  /** Locks an agent by code or id. Throws TargetAgentNotFound for none, and for one who is no longer employed. */
  async lock(tx: Tx, key: { id: string } | { code: string }): Promise<AgentRow> {
    const [column, value] = 'id' in key ? ['id', key.id] : ['code', key.code];
    const agent = await tx.one<AgentRow>(`select ${AGENT_COLUMNS} from agent where ${column} = $1 for no key update`, [
      value,
    ]);
    if (!agent?.is_active) throw new TargetAgentNotFound(value);
    return agent;
  }

  /** The available agent (of a department) idle longest, locked; whoever somebody else is asking is passed over. */
  idleLongest(tx: Tx, department: string | null): Promise<AgentRow | undefined> {
    return tx.one<AgentRow>(
      `select ${AGENT_COLUMNS} from agent where is_active and status = 'available'
          and ($1::text is null or departments = '{}' or $1 = any(departments))
          and (last_seen_at is null or last_seen_at > clock_timestamp() - make_interval(secs => $2))
        order by idle_since, id limit 1 for no key update skip locked`,
      [department, this.config.calls.heartbeatSeconds],
    );
  }

  /** Takes one of the agent's hands for a call. Throws AgentNotFree when he has none left. */
  async claim(tx: Tx, agent: AgentRow, callId: string, purpose: Purpose = 'main'): Promise<void> {
    const taken = await this.tryClaim(tx, agent, callId, purpose);
    if (!taken) throw new AgentNotFree(agent.code, agent.status);
  }

  private async tryClaim(tx: Tx, agent: AgentRow, callId: string, purpose: Purpose): Promise<boolean> {
    // the lowest free hand, whether it has a row yet or not; the agent's row is locked, so nobody else takes it meanwhile
    const taken = await tx.one(
      `insert into agent_slot as slot (id, agent_id, n, call_id, purpose)
       select $5::uuid, $1::uuid, n, $2::uuid, $3 from generate_series(1, $4::int) n
        where not exists (select 1 from agent_slot t where t.agent_id = $1 and t.n = n.n and t.call_id is not null)
        order by n limit 1
       on conflict (agent_id, n) do update set call_id = excluded.call_id, purpose = excluded.purpose
        where slot.call_id is null
       returning n`,
      [agent.id, callId, purpose, agent.max_concurrent_calls, newId()],
    );
    return Boolean(taken);
  }

  /** A locked agent is being asked whether he takes a call: that shows on him unless he is on another. */
  async asked(tx: Tx, actor: Actor, agent: AgentRow, at: Date): Promise<void> {
    if (agent.status === 'available') await this.statuses.change(tx, agent, 'offered', { actor });
    else await this.settle(tx, actor, agent.id, at);
  }

  /** A locked agent has taken the call he was asked about. */
  async onCall(tx: Tx, actor: Actor, agent: AgentRow): Promise<void> {
    await this.statuses.change(tx, agent, 'on_call', { actor });
  }

  /** How many more calls he may take in hand. */
  async handsFree(tx: Tx, agent: AgentRow): Promise<number> {
    const row = await tx.one<{ taken: number }>(
      'select count(*) as taken from agent_slot where agent_id = $1 and call_id is not null',
      [agent.id],
    );
    return agent.max_concurrent_calls - (row?.taken ?? 0);
  }

  /** Lets go of a call; returns the agents who had it in hand. */
  async release(tx: Tx, callId: string, purpose?: Purpose): Promise<string[]> {
    const rows = await tx.rows<{ agent_id: string }>(
      `update agent_slot set call_id = null, purpose = 'main'
        where call_id = $1 and ($2::text is null or purpose = $2) returning agent_id`,
      [callId, purpose ?? null],
    );
    return rows.map((row) => row.agent_id).sort();
  }

  /** A colleague who was asked for advice becomes the one who has the call. */
  async consultBecomesMain(tx: Tx, callId: string): Promise<void> {
    await tx.rows(`update agent_slot set purpose = 'main' where call_id = $1 and purpose = 'consult'`, [callId]);
  }

  /**
   * Brings an agent's status in line with what he has in hand. `wrapUpOf`: he has just ended this call and writes it up,
   * unless he has others.
   */
  async settle(tx: Tx, actor: Actor, agentId: string, at: Date, wrapUpOf?: string): Promise<void> {
    const [agent] = await this.statuses.lock(tx, [agentId]);
    if (!agent) return;
    // counted after the lock is held, in a statement of its own: one that waits for a lock counts what was before
    const hand = await tx.one<{ carrying: number; offered: number }>(
      `select (select count(*) from call_offer where agent_id = $1 and state = 'live') as offered,
         (select count(*) from agent_slot s where s.agent_id = $1 and s.call_id is not null and not exists (
            select 1 from call_offer o where o.call_id = s.call_id and o.agent_id = $1 and o.state = 'live')) as carrying`,
      [agentId],
    );
    this.lookForMore(tx, agent);
    if (hand?.carrying) await this.statuses.change(tx, agent, 'on_call', { actor });
    else if (hand?.offered) await this.statuses.change(tx, agent, 'offered', { actor });
    else if (wrapUpOf && this.config.calls.wrapUpSeconds > 0) await this.beginWrapUp(tx, actor, agent, at, wrapUpOf);
    else if (agent.status === 'offered' || agent.status === 'on_call') {
      await this.statuses.change(tx, agent, 'available', { actor, keepIdleSince: agent.status === 'offered' });
    }
  }

  private async beginWrapUp(tx: Tx, actor: Actor, agent: AgentRow, at: Date, callId: string): Promise<void> {
    const seconds = this.config.calls.wrapUpSeconds;
    await tx.rows(
      `with desk as (
         insert into agent_desk (id, agent_id, wrap_up_due_at, wrap_up_call_id, wrap_up_extended)
         values ($1, $2, clock_timestamp() + make_interval(secs => $3), $4, false)
         on conflict (agent_id) do update set wrap_up_due_at = excluded.wrap_up_due_at,
           wrap_up_call_id = excluded.wrap_up_call_id, wrap_up_extended = false)
       insert into call_interval (id, call_id, kind, agent_id, started_at) values ($5, $4, 'wrap_up', $2, $6)`,
      [newId(), agent.id, seconds, callId, newId(), at],
    );
    await this.statuses.change(tx, agent, 'wrap_up', { actor });
    tx.afterCommit(() => this.bell.due(seconds * 1000));
  }

  /**
   * Ends the time for writing up when it is over (and was not ended or extended meanwhile). Returns false when somebody
   * else has the agent in hand at this moment: mostly another process that does the same.
   */
  async endWrapUp(tx: Tx, actor: Actor, agentId: string): Promise<boolean> {
    const [agent] = await this.statuses.lockUnlessHeld(tx, [agentId]);
    if (!agent) return false;
    const due = await tx.one('select 1 from agent_desk where agent_id = $1 and wrap_up_due_at <= clock_timestamp()', [
      agentId,
    ]);
    if (!due) return true;
    if (agent.status === 'wrap_up') await this.statuses.change(tx, agent, 'available', { actor });
    else await this.closeWrapUp(tx, agentId);
    return true;
  }

  private async closeWrapUp(tx: Tx, agentId: string): Promise<void> {
    await tx.rows(
      `with desk as (
         update agent_desk set wrap_up_due_at = null, wrap_up_call_id = null, wrap_up_extended = false
          where agent_id = $1 and wrap_up_due_at is not null)
       update call_interval set ended_at = greatest(started_at, clock_timestamp())
        where agent_id = $1 and kind = 'wrap_up' and ended_at is null`,
      [agentId],
    );
  }

  /** Counts an offer he let pass; after too many in a row he is taken to be away. */
  async missed(tx: Tx, actor: Actor, agentId: string, at: Date): Promise<void> {
    const row = await tx.one<{ missed_offers: number }>(
      `insert into agent_desk (id, agent_id, missed_offers) values ($1, $2, 1)
       on conflict (agent_id) do update set missed_offers = agent_desk.missed_offers + 1 returning missed_offers`,
      [newId(), agentId],
    );
    await this.settle(tx, actor, agentId, at);
    if ((row?.missed_offers ?? 0) < this.config.calls.maxMissedOffers) return;
    const [agent] = await this.statuses.lock(tx, [agentId]);
    if (agent?.status !== 'available') return;
    await this.statuses.change(tx, agent, 'on_break', { actor, reason: 'missed offers' });
    await this.attentive(tx, agentId);
  }

  /** He answers: the count of missed offers begins anew. */
  async attentive(tx: Tx, agentId: string): Promise<void> {
    await tx.rows(`update agent_desk set missed_offers = 0 where agent_id = $1 and missed_offers > 0`, [agentId]);
  }
}
