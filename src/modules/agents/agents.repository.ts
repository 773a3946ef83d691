import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/database';
import { newId } from '../../platform/time/ids';
import { AGENT_COLUMNS } from './agent-columns';
import type { AgentRow } from './agent.entity';
import type { AgentSkillView, AgentWithSkills } from './agent.view';

/** The columns an admin or the agent himself sets; statuses are AgentStatuses'. */
const SETTABLE = [
  'user_id',
  'owner_user_id',
  'name',
  'email',
  'phone',
  'dialer_user_id',
  'departments',
  'team',
  'is_supervisor',
  'is_active',
  'max_concurrent_calls',
  'skill_level',
  'languages',
  'specializations',
  'working_hours',
  'use_ai_assistance',
  'ai_confidence_threshold',
  'preferred_ai_model',
  'hired_date',
] as const;

export type AgentFields = Partial<Pick<AgentRow, (typeof SETTABLE)[number]>>;

/** An agent's columns and his skills. */
export const AGENT_WITH_SKILLS = `${AGENT_COLUMNS}, (
  select coalesce(jsonb_agg(jsonb_build_object('skill', s.skill, 'level', s.level) order by s.skill), '[]')
    from agent_skill s where s.agent_id = agent.id) as skills`;

/** The statements that write agents and find one. */
@Injectable()
export class AgentsRepository {
  /** Adds an agent, offline, with the next number. */
  async insert(tx: Tx, fields: AgentFields & { name: string }): Promise<AgentRow> {
    const given = named(fields);
    const row = await tx.one<AgentRow>(
      `insert into agent (id, code${given.map((name) => `, ${name}`).join('')})
       values ($1, numbered_code('AGT-', nextval('agent_number'))${given.map((_, n) => `, $${n + 2}`).join('')})
       returning ${AGENT_COLUMNS}`,
      [newId(), ...given.map((name) => stored(fields, name))],
    );
    if (!row) throw new Error('the insert returned nothing');
    return row;
  }

  /** Writes the fields given; undefined ones stay. */
  async update(tx: Tx, id: string, fields: AgentFields): Promise<void> {
    const given = named(fields);
    if (given.length === 0) return;
    await tx.rows(
      `update agent set ${given.map((name, n) => `${name} = $${n + 2}`).join(', ')}, updated_at = now() where id = $1`,
      [id, ...given.map((name) => stored(fields, name))],
    );
  }

  /** Replaces all skills of a locked agent. */
  async setSkills(tx: Tx, agentId: string, skills: readonly AgentSkillView[]): Promise<void> {
    await tx.rows('delete from agent_skill where agent_id = $1', [agentId]);
    if (skills.length === 0) return;
    await tx.rows(
      `insert into agent_skill (id, agent_id, skill, level)
       select s.id, $1, s.skill, s.level from unnest($2::uuid[], $3::text[], $4::smallint[]) as s (id, skill, level)`,
      [agentId, skills.map(() => newId()), skills.map((skill) => skill.skill), skills.map((skill) => skill.level)],
    );
  }

  /** The agent with his skills, by his number (in any case). */
  byCode(reader: Reader, code: string): Promise<AgentWithSkills | undefined> {
    return reader.one<AgentWithSkills>(`select ${AGENT_WITH_SKILLS} from agent where code = $1`, [
      code.replaceAll('\0', '').toUpperCase(),
    ]);
  }

  byId(reader: Reader, id: string): Promise<AgentWithSkills | undefined> {
    return reader.one<AgentWithSkills>(`select ${AGENT_WITH_SKILLS} from agent where id = $1`, [id]);
  }
}

/** What null clears; for the other columns it means as much as nothing sent. */
const CLEARABLE: ReadonlySet<string> = new Set([
  'user_id',
  'owner_user_id',
  'email',
  'phone',
  'dialer_user_id',
  'team',
  'hired_date',
]);

const named = (fields: AgentFields): (typeof SETTABLE)[number][] =>
  SETTABLE.filter((name) => fields[name] !== undefined && (fields[name] !== null || CLEARABLE.has(name)));

const stored = (fields: AgentFields, name: keyof AgentFields): unknown =>
  name === 'working_hours' ? JSON.stringify(fields[name]) : fields[name];
