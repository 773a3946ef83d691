/** A skill asked for; level 1 (some) to 5 (expert). */
export interface SkillWish {
  skill: string;
  level: number;
}

/** A call that waits. */
export interface WaitingCall {
  entryId: string;
  callId: string;
  priorityRank: number;
  /** When it began to wait at first; kept over transfers and offers that were not taken. */
  queuedAt: Date;
  required: SkillWish[];
  preferred: SkillWish[];
  /** Only this agent may have it (a transfer to a person). */
  onlyAgentId: string | null;
  /** Who let an offer of it pass; asked again only when nobody else can. */
  declinedBy: string[];
}

/** An agent who could take a call now. */
export interface FreeAgent {
  agentId: string;
  /** Since when he has been without work, counted from the end of wrap-up. */
  idleSince: Date;
  skills: ReadonlyMap<string, number>;
  /** How many calls he may still take. */
  capacity: number;
}

/** Why a call went to whom, for the record. */
export interface Reason {
  rule: 'asked_for' | 'idle_longest';
  waited_seconds: number;
  idle_seconds: number;
  /** Levels by which the preferred skills had been relaxed. */
  relaxed_by: number;
  preferred_met: boolean;
  /** Agents who fitted, himself included. */
  candidates: number;
  /** How many of those had let this call pass before. */
  declined_before: number;
}

export interface Assignment {
  call: WaitingCall;
  agent: FreeAgent;
  reason: Reason;
}

/** Preferred skills lose one level for each so many seconds of waiting; after five times that, nothing is preferred. */
export const RELAX_SECONDS = 10;

/** By how many levels the preferred skills are relaxed after so long a wait. */
export const relaxedBy = (waitedSeconds: number): number => Math.floor(Math.max(0, waitedSeconds) / RELAX_SECONDS);

const has = (agent: FreeAgent, wishes: readonly SkillWish[], relaxed = 0): boolean =>
  wishes.every(({ skill, level }) => {
    const needed = level - relaxed;
    return needed <= 0 || (agent.skills.get(skill) ?? 0) >= needed;
  });

/** Order of the queue: priority, then who has waited longest. */
export const inQueueOrder = (a: WaitingCall, b: WaitingCall): number =>
  a.priorityRank - b.priorityRank ||
  a.queuedAt.getTime() - b.queuedAt.getTime() ||
  (a.entryId < b.entryId ? -1 : a.entryId > b.entryId ? 1 : 0);

/**
 * Who gets which call. Calls are served by priority, then waiting time. Each goes to the agent idle longest among those
 * who have its required skills and its preferred ones as far as these are not relaxed yet. A call for which nobody fits
 * waits, and those behind it are served.
 */
export function chooseAssignments(
  calls: readonly WaitingCall[],
  agents: readonly FreeAgent[],
  now: Date,
  limit = Infinity,
): Assignment[] {
  const free = [...agents].sort(
    (a, b) => a.idleSince.getTime() - b.idleSince.getTime() || (a.agentId < b.agentId ? -1 : 1),
  );
  const left = new Map(free.map((agent) => [agent.agentId, agent.capacity]));
  const chosen: Assignment[] = [];
  for (const call of [...calls].sort(inQueueOrder)) {
    if (chosen.length >= limit || left.size === 0) break;
    const assignment = assign(call, free, left, now);
    if (!assignment) continue;
    chosen.push(assignment);
    const id = assignment.agent.agentId;
    const capacity = (left.get(id) ?? 1) - 1;
    if (capacity > 0) left.set(id, capacity);
    else left.delete(id);
  }
  return chosen;
}

function assign(
  call: WaitingCall,
  free: readonly FreeAgent[],
  left: ReadonlyMap<string, number>,
  now: Date,
): Assignment | undefined {
  const waited = seconds(call.queuedAt, now);
  const relaxed = relaxedBy(waited);
  const fitting = free.filter(
    (agent) =>
      left.has(agent.agentId) &&
      (call.onlyAgentId ? agent.agentId === call.onlyAgentId : has(agent, call.required)) &&
      (call.onlyAgentId !== null || has(agent, call.preferred, relaxed)),
  );
  const agent = fitting.find((candidate) => !call.declinedBy.includes(candidate.agentId)) ?? fitting[0];
  if (!agent) return undefined;
  return {
    call,
    agent,
    reason: {
      rule: call.onlyAgentId ? 'asked_for' : 'idle_longest',
      waited_seconds: waited,
      idle_seconds: seconds(agent.idleSince, now),
      relaxed_by: call.preferred.length > 0 ? Math.min(5, relaxed) : 0,
      preferred_met: has(agent, call.preferred),
      candidates: fitting.length,
      declined_before: fitting.filter((candidate) => call.declinedBy.includes(candidate.agentId)).length,
    },
  };
}

/** When a waiting call's preferred skills will next be relaxed; undefined when there is nothing left to relax. */
export function nextRelaxation(call: Pick<WaitingCall, 'preferred' | 'queuedAt'>, now: Date): Date | undefined {
  const highest = Math.max(0, ...call.preferred.map(({ level }) => level));
  const step = relaxedBy(seconds(call.queuedAt, now)) + 1;
  return step <= highest ? new Date(call.queuedAt.getTime() + step * RELAX_SECONDS * 1000) : undefined;
}

const seconds = (from: Date, to: Date): number => Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1000));
