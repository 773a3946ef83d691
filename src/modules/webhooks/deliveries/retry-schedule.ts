/** A fifth is added at most, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * Milliseconds until the next attempt after the `failures`th failed one, or undefined when the schedule is over.
 * An endpoint that names a later time (`Retry-After`) is left in peace until then.
 */
export function nextDelayMs(
  schedule: readonly number[],
  failures: number,
  random: number,
  retryAfterMs = 0,
): number | undefined {
  const base = schedule[failures - 1];
  if (base === undefined) return undefined;
  return Math.round(Math.max(base, retryAfterMs) * (1 + JITTER * random));
}
