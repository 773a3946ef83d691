/** Every column of an agent but the one that is only searched. */
export const AGENT_COLUMNS = `agent.id, agent.code, agent.user_id, agent.owner_user_id, agent.name, agent.email,
  agent.phone, agent.dialer_user_id, agent.departments, agent.team, agent.is_supervisor, agent.is_active, agent.status,
  agent.status_since, agent.status_reason, agent.idle_since, agent.pending_status, agent.pending_reason,
  agent.max_concurrent_calls, agent.last_seen_at, agent.skill_level, agent.languages, agent.specializations,
  agent.working_hours, agent.use_ai_assistance, agent.ai_confidence_threshold, agent.preferred_ai_model,
  agent.hired_date::text as hired_date, agent.created_at, agent.updated_at`;
