import { defineEvent } from '../../platform/events/define-event';
import { AGENT_STATUSES, type AgentStatus } from './agent-status';

export interface AgentStatusChanged {
  agent_id: string;
  status: AgentStatus;
  previous_status: AgentStatus;
  /** Why, where somebody said so. */
  reason: string | null;
}

export const agentStatusChanged = defineEvent<AgentStatusChanged>({
  name: 'agent.status_changed',
  live: 'agent:status_changed',
  description: 'An agent is in another status, or in the same for another reason.',
  schema: {
    type: 'object',
    required: ['agent_id', 'status', 'previous_status'],
    properties: {
      agent_id: { type: 'string', description: 'AGT-001' },
      status: { enum: [...AGENT_STATUSES] },
      previous_status: { enum: [...AGENT_STATUSES] },
      reason: { type: ['string', 'null'] },
    },
  },
  example: { agent_id: 'AGT-001', status: 'busy', previous_status: 'available', reason: null },
});
