import type { CallStatus } from '../../call-state';
import { isFinal } from '../../call-state';

/** What of a call decides who is where at the carrier. */
export interface CallSituation {
  status: CallStatus;
  /** Who took it. */
  assignedAgentId: string | null;
  /** The colleague who is asked, once he has accepted. */
  consultAgentId: string | null;
}

/** How it is to be at the carrier. */
export interface Wanted {
  /** `as it is`: nobody sends the caller anywhere now. */
  caller: 'as it is' | 'queue' | 'conference' | 'voicemail' | 'gone';
  isOnHold: boolean;
  /** Agents in the conference. */
  agents: string[];
  /** Whether supervisors may stay. */
  isGoingOn: boolean;
}

const nobody = { isOnHold: false, agents: [], isGoingOn: false };

/** Who is to be where. The same answer whatever was before, so that asking for it again does no harm. */
export function whatIsWanted(call: CallSituation): Wanted {
  if (call.status === 'voicemail') return { ...nobody, caller: 'voicemail' };
  if (isFinal(call.status)) return { ...nobody, caller: 'gone' };
  const agents = [call.assignedAgentId, call.consultAgentId].filter((id): id is string => id !== null);
  const isOnHold = call.status === 'on_hold';
  const isGoingOn = true;
  switch (call.status) {
    case 'initiated':
    case 'ivr_processing':
      return { caller: 'as it is', isOnHold, agents, isGoingOn };
    case 'in_progress':
    case 'on_hold':
      return { caller: 'conference', isOnHold, agents, isGoingOn };
    default:
      return { caller: call.assignedAgentId ? 'conference' : 'queue', isOnHold, agents, isGoingOn };
  }
}
