import 'reflect-metadata';
import { validateSync } from 'class-validator';
import { Env } from './env';
import { declaredSettings } from './setting';

/** The start stops with one line that names a variable and never shows its value. */
export class ConfigurationError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('; '));
  }
}

/** Variables by name, as text. */
export type Source = Record<string, string | undefined>;

/** The process's environment. */
export const environment = (): Source => ({ ...process.env });

function convert(text: string, type: unknown): unknown {
  if (type === Number) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === Boolean) {
    if (/^(true|1|yes|on)$/i.test(text)) return true;
    if (/^(false|0|no|off)$/i.test(text)) return false;
    return text;
  }
  if (type === Array) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  return text;
}

/**
 * Reads `source` (by default the process's environment) into a checked `Env`.
 * A blank value counts as unset. Throws a ConfigurationError that names what is wrong, without its content.
 */
export function loadEnv(source: Source = environment()): Env {
  const env = new Env();
  const record = env as unknown as Record<string, unknown>;
  for (const setting of declaredSettings()) {
    const given = source[setting.name]?.trim();
    const text = given === undefined || given === '' ? setting.fallback : given;
    if (text === undefined) continue;
    record[setting.name] = convert(text, Reflect.getMetadata('design:type', Env.prototype, setting.name));
  }
  const problems = validateSync(env, { skipMissingProperties: false }).map((error) => {
    const reasons = Object.values(error.constraints ?? {}).map((text) => text.replace(`${error.property} `, ''));
    return `${error.property} ${reasons.join(', ')}`;
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return env;
}
