import { Injectable } from '@nestjs/common';
import type { Actor, UserActor } from '../../platform/access/actor';
import { Database, isUniqueViolation, sqlState, type Tx } from '../../platform/database/database';
import { Forbidden, Invalid } from '../../platform/errors';
import { AgentStatuses } from './agent-statuses';
import { isHandStatus } from './agent-status';
import type { AgentRow } from './agent.entity';
import { type AgentWithSkills } from './agent.view';
import type { ChangeAgent, ChangeProfile, CreateAgent, SetAgentStatus } from './agents.dto';
import { AgentExists, AgentNotFound, AgentUserNotFound, NoAgentProfile, StatusIsSystems } from './agents.errors';
import { type AgentFields, AgentsRepository } from './agents.repository';

/** A sign of life more often than this is not written. */
const SEEN_SECONDS = 5;

/** Agents: who they are, and what they and others may change of them. */
@Injectable()
export class AgentsService {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentsRepository,
    private readonly statuses: AgentStatuses,
  ) {}

  /** Adds an agent; he begins offline. */
  async create(actor: Actor, input: CreateAgent): Promise<AgentWithSkills> {
    const { name } = input;
    if (!name) throw new Invalid('name is required', { name: 'is required' });
    return this.database.transaction(async (tx) => this.add(tx, actor, { ...input, name }));
  }

  /** The same in the caller's transaction: for registrations and sample data. */
  async add(tx: Tx, actor: Actor, input: CreateAgent & { name: string }): Promise<AgentWithSkills> {
    const { skills, ...fields } = input;
    const row = await told(() => tx.savepoint(() => this.agents.insert(tx, fields)));
    await this.statuses.begin(tx, row, actor);
    await this.agents.setSkills(tx, row.id, skills ?? []);
    return this.read(tx, row.id);
  }

  /** What an admin changes of an agent; disabling him sends him offline, after his call if he has one. */
  async change(actor: Actor, code: string, input: ChangeAgent): Promise<AgentWithSkills> {
    return this.database.transaction(async (tx) => {
      const agent = await this.lockByCode(tx, code);
      await this.changeLocked(tx, actor, agent, input);
      return this.read(tx, agent.id);
    });
  }

  /** The same for a locked agent in the caller's transaction. */
  async changeLocked(tx: Tx, actor: Actor, agent: AgentRow, { skills, ...fields }: CreateAgent): Promise<void> {
    await told(() => tx.savepoint(() => this.agents.update(tx, agent.id, fields)));
    if (skills) await this.agents.setSkills(tx, agent.id, skills);
    if (fields.is_active === false && agent.is_active) {
      await this.statuses.request(tx, { ...agent, is_active: false }, 'offline', { actor, reason: 'disabled' });
    }
  }

  /** Sets a status by hand: the agent himself, a supervisor of one of his departments, an admin or a service. */
  async setStatus(actor: Actor, code: string, input: SetAgentStatus): Promise<AgentWithSkills> {
    return this.database.transaction(async (tx) => {
      const agent = await this.lockByCode(tx, code);
      if (!mayManage(actor, agent)) throw new Forbidden('You may not change the status of this agent');
      return this.request(tx, actor, agent, input);
    });
  }

  /** Sets the caller's own status. */
  async setOwnStatus(actor: Actor, input: SetAgentStatus): Promise<AgentWithSkills> {
    return this.database.transaction(async (tx) => this.request(tx, actor, await this.lockOwn(tx, actor), input));
  }

  /** Changes the caller's own profile. */
  async changeProfile(actor: Actor, input: ChangeProfile): Promise<void> {
    const { languages, specializations, working_hours } = input;
    const { use_ai_assistance, ai_confidence_threshold, preferred_ai_model } = input;
    const fields: AgentFields = {
      languages,
      specializations,
      working_hours,
      use_ai_assistance,
      ai_confidence_threshold,
      preferred_ai_model,
    };
    await this.database.transaction(async (tx) => {
      const agent = await this.lockOwn(tx, actor);
      await this.agents.update(tx, agent.id, fields);
    });
  }

  /** A sign of life of the caller. */
  async heartbeat(actor: Actor): Promise<AgentWithSkills> {
    if (!actor.agent) throw new NoAgentProfile();
    const { id } = actor.agent;
    return this.database.transaction(async (tx) => {
      await tx.rows(
        `update agent set last_seen_at = now()
          where id = $1 and (last_seen_at is null or last_seen_at < now() - make_interval(secs => $2))`,
        [id, SEEN_SECONDS],
      );
      const row = await this.agents.byId(tx, id);
      if (!row) throw new NoAgentProfile();
      return row;
    });
  }

  private async request(tx: Tx, actor: Actor, agent: AgentRow, input: SetAgentStatus): Promise<AgentWithSkills> {
    if (!isHandStatus(input.status)) throw new StatusIsSystems(input.status);
    await this.statuses.request(tx, agent, input.status, { actor, reason: input.reason });
    return this.read(tx, agent.id);
  }

  private async lockByCode(tx: Tx, code: string): Promise<AgentRow> {
    const known = await this.agents.byCode(tx, code);
    const [agent] = known ? await this.statuses.lock(tx, [known.id]) : [];
    if (!agent) throw new AgentNotFound(code);
    return agent;
  }

  private async lockOwn(tx: Tx, actor: Actor): Promise<AgentRow> {
    const [agent] = actor.agent ? await this.statuses.lock(tx, [actor.agent.id]) : [];
    if (!agent) throw new NoAgentProfile();
    return agent;
  }

  private async read(tx: Tx, id: string): Promise<AgentWithSkills> {
    const row = await this.agents.byId(tx, id);
    if (!row) throw new Error('a locked agent is gone');
    return row;
  }
}

/** Whether the caller may see the history of this agent and change his status. */
export function mayManage(actor: Actor, agent: AgentRow): boolean {
  if (actor.kind !== 'user' || actor.role === 'admin') return true;
  if (actor.agent?.id === agent.id) return true;
  return actor.agent?.isSupervisor === true && supervises(actor, agent);
}

const supervises = (actor: UserActor, agent: AgentRow): boolean => {
  const own = actor.agent?.departments ?? [];
  return own.length === 0 || agent.departments.some((department) => own.includes(department));
};

/** Turns what the database refuses into what the caller is told. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error, 'agent_dialer_user')) throw new AgentExists('dialer_user_id');
    if (isUniqueViolation(error, 'agent_user')) throw new AgentExists('user_id');
    if (sqlState(error) === '23503') throw new AgentUserNotFound();
    throw error;
  }
}
