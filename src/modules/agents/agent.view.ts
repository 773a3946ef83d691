import type { ActorSnapshot } from '../../platform/access/actor';
import type { AgentStatus, PendingStatus } from './agent-status';
import type { AgentRow } from './agent.entity';

/** A skill and how well it is mastered. */
export class AgentSkillView {
  /** @example "arabic" */
  skill: string;

  /**
   * From 1 (a little) to 5 (an expert).
   * @example 4
   */
  level: number;
}

/** An agent as the API shows him. */
export class AgentView {
  /** @example "AGT-001" */
  agent_id: string;

  /**
   * The key of the record.
   * @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  id: string;

  /** @example "Sara Hassan" */
  name: string;

  /** @example "sara@example.com" */
  email: string | null;

  /** @example "+966501234567" */
  phone: string | null;

  /**
   * The account he signs in with.
   * @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f"
   */
  user_id: string | null;

  /**
   * His name in the dialer.
   * @example "CalebG"
   */
  dialer_user_id: string | null;

  /**
   * The first of his departments.
   * @example "sales"
   */
  department: string | null;

  /**
   * None means all.
   * @example ["sales"]
   */
  departments: string[];

  /** @example "Morning" */
  team: string | null;

  /** @example false */
  is_supervisor: boolean;

  /** @example true */
  is_active: boolean;

  /** @example "available" */
  status: AgentStatus;

  /** @example "2025-01-15T10:30:00.000Z" */
  status_since: string;

  /** @example "lunch" */
  status_reason: string | null;

  /**
   * Asked for during a call; taken after it.
   * @example null
   */
  pending_status: PendingStatus | null;

  /** @example 1 */
  max_concurrent_calls: number;

  skills: AgentSkillView[];

  /** @example "beginner" */
  skill_level: string;

  /** @example ["en", "ar"] */
  languages: string[];

  /** @example ["solar"] */
  specializations: string[];

  /** @example "2025-01-15T10:30:00.000Z" */
  last_seen_at: string | null;

  /** @example "2024-03-01" */
  hired_date: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  created_at: string;

  /** @example "2025-01-15T10:30:00.000Z" */
  updated_at: string;
}

/** One agent. */
export class AgentReply {
  /** @example true */
  success: true;

  agent: AgentView;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** What a request for a status has come to. */
export class AgentStatusReply extends AgentReply {
  /** @example "Status updated" */
  message: string;

  /** @example "busy" */
  status: AgentStatus;

  /**
   * Set when the wish is kept for after the call.
   * @example null
   */
  pending_status: PendingStatus | null;
}

/** A page of agents, in the order in which they were added. */
export class AgentsReply {
  /** @example true */
  success: true;

  agents: AgentView[];

  /** @example 1 */
  count: number;

  /** Where the next page begins; null at the end. */
  next_cursor: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** That somebody is there. */
export class HeartbeatReply {
  /** @example true */
  success: true;

  /** @example "available" */
  status: AgentStatus;

  /** @example null */
  pending_status: PendingStatus | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  last_seen_at: string;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** A time spent in one status. */
export class StatusIntervalView {
  /** @example "on_break" */
  status: AgentStatus;

  /** @example "lunch" */
  reason: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  from: string;

  /** Null while it lasts. */
  to: string | null;

  /**
   * How long it took, or has taken so far.
   * @example 900
   */
  seconds: number;

  /** Who changed it: a user, the system … */
  changed_by: ActorSnapshot;
}

/** A page of an agent's status history, newest first. */
export class StatusHistoryReply {
  /** @example true */
  success: true;

  /** @example "AGT-001" */
  agent_id: string;

  history: StatusIntervalView[];

  /** @example 1 */
  count: number;

  /** Where the next page begins; null at the end. */
  next_cursor: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** An agent with his skills, as they are read together. */
export type AgentWithSkills = AgentRow & { skills: AgentSkillView[] };

/** What of an agent leaves the house. */
export const agentView = (row: AgentWithSkills): AgentView => ({
  agent_id: row.code,
  id: row.id,
  name: row.name,
  email: row.email,
  phone: row.phone,
  user_id: row.user_id,
  dialer_user_id: row.dialer_user_id,
  department: row.departments[0] ?? null,
  departments: row.departments,
  team: row.team,
  is_supervisor: row.is_supervisor,
  is_active: row.is_active,
  status: row.status,
  status_since: row.status_since.toISOString(),
  status_reason: row.status_reason,
  pending_status: row.pending_status,
  max_concurrent_calls: row.max_concurrent_calls,
  skills: row.skills,
  skill_level: row.skill_level,
  languages: row.languages,
  specializations: row.specializations,
  last_seen_at: row.last_seen_at?.toISOString() ?? null,
  hired_date: row.hired_date,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
