import type { CallFigures } from './agent-call-figures';
import type { AgentStatus } from './agent-status';
import type { AgentRow, WorkingHours } from './agent.entity';

/** The person behind an agent. */
export class ProfileUserView {
  id: string | null;

  /** @example "Sara Hassan" */
  name: string;

  /** @example "sara@example.com" */
  email: string | null;

  /** @example "+966501234567" */
  phone: string | null;
}

/** What an agent's calls of all time add up to. */
export class ProfilePerformanceView {
  /** @example 120 */
  total_calls: number;

  /** @example 96 */
  successful_calls: number;

  /**
   * In per cent.
   * @example 80
   */
  success_rate: number;

  /**
   * In minutes.
   * @example 4.25
   */
  average_call_duration: number;

  /** Null while nothing measures it. */
  customer_satisfaction: number | null;
}

/** What an agent's calls of today add up to. */
export class ProfileTodayView {
  /** @example 12 */
  calls: number;

  /** @example 10 */
  completed: number;

  /**
   * In minutes.
   * @example 3.5
   */
  avg_talk_time: number;

  /** Null while nothing measures it. */
  satisfaction: number | null;
}

/** How the assistant helps an agent. */
export class AiSettingsView {
  /** @example true */
  use_ai_assistance: boolean;

  /** @example 0.8 */
  ai_confidence_threshold: number;

  /** @example "homeai-standard" */
  preferred_ai_model: string;
}

/** An agent's own profile. */
export class AgentProfileView {
  /** @example "0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f" */
  id: string;

  user: ProfileUserView;

  /** @example "AGT-001" */
  employee_id: string;

  /** @example "sales" */
  department: string | null;

  /** @example ["sales"] */
  departments: string[];

  /** @example "Morning" */
  team: string | null;

  /** @example "available" */
  status: AgentStatus;

  /** @example "intermediate" */
  skill_level: string;

  /** @example ["en", "ar"] */
  languages: string[];

  /** @example ["solar"] */
  specializations: string[];

  /** @example {"monday": ["09:00", "17:00"]} */
  working_hours: WorkingHours;

  /** @example "2025-01-15T10:30:00.000Z" */
  last_activity: string | null;

  performance: ProfilePerformanceView | null;

  today_performance: ProfileTodayView | null;

  ai_settings: AiSettingsView;

  /** The ten newest calls. */
  recent_calls: Record<string, unknown>[];

  /** @example "2024-03-01" */
  hired_date: string | null;

  /** @example "2025-01-15T10:30:00.000Z" */
  created_at: string;
}

/** An agent's own profile, as existing clients read it: its fields stand at the top. */
export class AgentProfileReply extends AgentProfileView {
  /** @example true */
  success: true;

  /** @example "2025-01-15T10:30:00.000Z" */
  timestamp: string;
}

/** What of an agent he himself is shown. */
export const agentProfileView = (row: AgentRow, figures: CallFigures): AgentProfileView => ({
  id: row.id,
  user: { id: row.user_id, name: row.name, email: row.email, phone: row.phone },
  employee_id: row.code,
  department: row.departments[0] ?? null,
  departments: row.departments,
  team: row.team,
  status: row.status,
  skill_level: row.skill_level,
  languages: row.languages,
  specializations: row.specializations,
  working_hours: row.working_hours,
  last_activity: row.last_seen_at?.toISOString() ?? null,
  performance: figures.performance,
  today_performance: figures.today_performance,
  ai_settings: {
    use_ai_assistance: row.use_ai_assistance,
    ai_confidence_threshold: row.ai_confidence_threshold,
    preferred_ai_model: row.preferred_ai_model,
  },
  recent_calls: figures.recent_calls,
  hired_date: row.hired_date,
  created_at: row.created_at.toISOString(),
});
