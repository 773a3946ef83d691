import { isPassing } from '../../../platform/database/database';

/**
 * Waits until every one of these has come to its end, and says how many there were. While one of them still writes, the
 * transaction must not be ended: what it writes afterwards would stand outside of it. Of several errors it throws the one
 * that says the transaction may be run again: after it, all others find only that the transaction has failed.
 */
export async function together(works: readonly Promise<unknown>[]): Promise<number> {
  const errors: unknown[] = [];
  await Promise.all(works.map((work) => work.catch((error: unknown) => errors.push(error))));
  if (errors.length > 0) throw errors.find(isPassing) ?? errors[0];
  return works.length;
}
