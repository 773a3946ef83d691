const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 600;
const GIVE_UP_AFTER = 1_000;

/**
 * Seconds until a process in progress is asked for again: 30, then half as long again each time, at most ten minutes;
 * undefined after about a week, when a person has to look.
 */
export function followDelay(askedTimes: number): number | undefined {
  if (askedTimes >= GIVE_UP_AFTER) return undefined;
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 1.5 ** askedTimes);
}
