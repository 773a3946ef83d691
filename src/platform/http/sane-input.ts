import type { NextFunction, Request, Response } from 'express';
import { Invalid } from '../errors';

const MAX_DEPTH = 32;

/** Well-formed per Unicode: PostgreSQL stores neither half a surrogate pair (in JSON) nor a NUL. */
const isStorable = (text: string): boolean =>
  !text.includes('\0') && (text as string & { isWellFormed(): boolean }).isWellFormed();

/** A name as it may stand in an error message. */
const shown = (name: string): string => name.replace(/[^\w.[\]-]/g, '?').slice(0, 100);

/** Throws Invalid, naming the field, for what no route can want: characters that cannot be stored, `__proto__`, depth. */
export function refuseHostile(input: unknown): void {
  // An explicit stack: recursion would end in an overflow at the depth this is here to refuse
  const waiting: { value: unknown; name: string; depth: number }[] = [{ value: input, name: '', depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, name, depth } = next;
    if (typeof value === 'string') {
      if (!isStorable(value)) throw refusal(name, 'must not contain a character that cannot be stored');
      continue;
    }
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) continue;
    if (depth >= MAX_DEPTH)
      throw refusal(name.split(/[.[]/, 1)[0] ?? '', `must not be nested deeper than ${MAX_DEPTH} levels`);
    for (const [key, inner] of Object.entries(value)) {
      const inside = Array.isArray(value) ? `${name}[${key}]` : name ? `${name}.${key}` : key;
      if (key === '__proto__' || !isStorable(key)) throw refusal(inside, 'is not a field name');
      waiting.push({ value: inner, name: inside, depth: depth + 1 });
    }
  }
}

function refusal(name: string, what: string): Invalid {
  const field = shown(name) || 'body';
  return new Invalid(`${field} ${what}`, { [field]: what });
}

/** Looks at path, query and body of every request before any route does. */
export function saneInput(request: Request, _response: Response, next: NextFunction): void {
  if (/%00/.test(request.path)) throw new Invalid('The path must not contain a NUL character');
  refuseHostile(request.query);
  // No body is an empty one: so every route's validation names the fields it misses, and none meets an undefined
  request.body ??= {};
  if (Array.isArray(request.body)) throw new Invalid('The body must be a JSON object', { body: 'must be an object' });
  refuseHostile(request.body);
  next();
}
