import { Refused } from './read-value';

const MAX_FIELDS = 100;
const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 5;
const MAX_NAME = 100;

/** Passwords and keys that dialers send along, wherever they stand; never stored and never logged. */
const CREDENTIAL = /(^|[_-])(pass|passwd|password|passphrase|pwd|secret|token)$|api[_-]?key$|^signature$/i;
/** Names that mean something to JavaScript itself: no object with them is ever built from what was sent. */
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a name's value is dropped unread. */
export const isDropped = (name: string): boolean => CREDENTIAL.test(name) || UNSAFE.has(name);

/** The fields without a meaning here, as they are kept; or the first that cannot be kept, and why. */
export function readExtraFields(
  sent: Readonly<Record<string, unknown>>,
  names: readonly string[],
): { kept: Record<string, unknown>; problem?: { name: string; reason: string } } {
  const kept: Record<string, unknown> = {};
  let count = 0;
  for (const name of names) {
    if (name === '' || isDropped(name)) continue;
    if (name.length > MAX_NAME) return refusal(name, `must have a name of at most ${MAX_NAME} characters`);
    const value = copy(sent[name], MAX_DEPTH);
    if (value instanceof Refused) return refusal(name, value.reason);
    if (!isText(name)) return refusal('dialer_data', 'must not have a NUL character in a name');
    if (isEmpty(value)) continue;
    if ((count += 1) > MAX_FIELDS) return refusal('dialer_data', `must be at most ${MAX_FIELDS} further fields`);
    kept[name.toWellFormed()] = value;
  }
  // counted last and only when there is any: most requests have none
  if (count > 0 && Buffer.byteLength(JSON.stringify(kept)) > MAX_BYTES) {
    return refusal('dialer_data', `must be at most ${MAX_BYTES} bytes altogether`);
  }
  return { kept };
}

const refusal = (name: string, reason: string) => ({
  kept: {},
  problem: { name: name.replaceAll('\0', '').toWellFormed().slice(0, MAX_NAME), reason },
});

const isText = (text: string): boolean => !text.includes('\0');
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && (value === '' || /^--A--\w{1,60}--B--$/.test(value)));

/** A copy without credentials and unsafe names, its texts storable; Refused when it is nested too deeply. */
function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    return isText(value) ? value.toWellFormed().trim() : new Refused('must not contain a NUL character');
  }
  // JSON can write numbers that JavaScript only knows as infinite; + 0 makes -0 the 0 it will be when read back
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : new Refused('must be a finite number');
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return new Refused(`must not be nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) {
    const copies = value.map((item) => copy(item, depth - 1));
    return copies.find((item) => item instanceof Refused) ?? copies;
  }
  const object: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (isDropped(name)) continue;
    const inner = copy(item, depth - 1);
    if (inner instanceof Refused) return inner;
    if (!isText(name)) return new Refused('must not have a NUL character in a name');
    object[name.toWellFormed()] = inner;
  }
  return object;
}
