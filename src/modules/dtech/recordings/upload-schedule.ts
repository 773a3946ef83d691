/** Seconds after a failed attempt until the next one; after the last of them the upload has failed. */
export const UPLOAD_DELAYS = [10, 60, 300, 1_800, 7_200, 21_600] as const;

/**
 * Seconds until the next attempt, a fifth more or less so that many do not come back together; undefined when `attempts`
 * have used up the schedule. `random` is in [0, 1).
 */
export function uploadDelay(attempts: number, random: number): number | undefined {
  const delay = UPLOAD_DELAYS[attempts - 1];
  return delay === undefined ? undefined : delay * (0.8 + 0.4 * random);
}
