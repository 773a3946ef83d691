/** What a call takes an agent when the department has no calls of its own to learn from, in seconds. */
export const ASSUMED_HANDLE_SECONDS = 180;

/**
 * How long a waiting call will probably wait yet: the calls up to and including it, each taking the department's average
 * handle time of the last hour, shared among the agents who work. null when nobody works.
 */
export function estimatedWait(
  position: number,
  averageHandleSeconds: number | null,
  workingAgents: number,
): number | null {
  if (workingAgents <= 0) return null;
  return Math.ceil((position * (averageHandleSeconds ?? ASSUMED_HANDLE_SECONDS)) / workingAgents);
}
