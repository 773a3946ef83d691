import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A UUIDv7: the primary key of every table, made by the application so that it is known before the insert. */
export const newId = (): string => v7();

/** A public code such as `CALL-1A2B3C4D`: the prefix and `bytes` random bytes in hex, upper-case unless asked otherwise. */
export function randomCode(prefix: string, bytes: number, letters: 'upper' | 'lower' = 'upper'): string {
  const hex = randomBytes(bytes).toString('hex');
  return `${prefix}${letters === 'upper' ? hex.toUpperCase() : hex}`;
}
