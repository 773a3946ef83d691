/** After this many failures in a row an endpoint is left alone for a while, and then asked by one request at a time. */
export const OPENS_AFTER = 5;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;
/** How many requests an endpoint gets at once before it has ever answered well. */
export const FIRST_WINDOW = 4;

/**
 * The failures in a row after `more` of them. What was under way together failed together, so the step that opens the
 * breaker counts once, and each later probe counts one.
 */
export const failuresAfter = (failures: number, more: number): number =>
  more === 0 ? failures : Math.min(failures + more, Math.max(OPENS_AFTER, failures + 1));

/** How long an endpoint is left alone after `failures` in a row; 0 while the breaker is closed. */
export function pauseMs(failures: number, random: number): number {
  if (failures < OPENS_AFTER) return 0;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - OPENS_AFTER, 20), LONGEST_PAUSE_MS);
  return Math.round(pause * (1 + 0.2 * random));
}

/** How many requests may be under way to an endpoint: one, as a probe, while it has not answered well again. */
export const mayBeUnderWay = (failures: number, limit: number): number => (failures >= OPENS_AFTER ? 1 : limit);
