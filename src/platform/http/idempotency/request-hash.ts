import { createHash } from 'node:crypto';

/** JSON with sorted keys, so that the same request hashes alike in whatever order its fields were sent. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** SHA-256, in hex, of a JSON value whatever the order of its fields. */
export const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
