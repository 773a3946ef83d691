import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';
import type { SkillWish } from './queue/distribution-choice';

const MOST_SKILLS = 10;
const MOST_METADATA = 8_000;
const SKILL = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,49}$/u;

function check(
  target: object,
  property: string | symbol,
  name: string,
  says: string,
  holds: (value: unknown) => boolean,
): void {
  registerDecorator({
    name,
    target: target.constructor,
    propertyName: property as string,
    validator: { validate: holds, defaultMessage: () => `$property ${says}` },
  });
}

const isWish = (value: unknown): value is SkillWish => {
  const { skill, level } = (value ?? {}) as Partial<SkillWish>;
  return (
    typeof skill === 'string' &&
    SKILL.test(skill) &&
    Number.isInteger(level) &&
    Number(level) >= 1 &&
    Number(level) <= 5
  );
};

const readWish = (value: unknown): unknown => {
  if (typeof value === 'string') {
    const [, skill = '', level] = /^(.*?)(?::(\d))?$/s.exec(value.trim()) ?? [];
    return { skill: skill.trim().toLowerCase(), level: level === undefined ? 1 : Number(level) };
  }
  if (typeof value !== 'object' || value === null) return value;
  const { skill, level = 1 } = value as Partial<SkillWish>;
  return { skill: typeof skill === 'string' ? skill.trim().toLowerCase() : skill, level };
};

/** Skills as `billing:3,arabic` or as a list of such words or of `{skill, level}`; level 1 where none is said. */
export function AreSkills(): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => {
      const list: unknown = typeof value === 'string' ? value.split(',').filter((part) => part.trim() !== '') : value;
      return Array.isArray(list) ? list.map(readWish) : list;
    })(target, property);
    check(
      target,
      property,
      'areSkills',
      `must be at most ${MOST_SKILLS} skills such as billing:3, with levels 1 to 5`,
      (value) => Array.isArray(value) && value.length <= MOST_SKILLS && value.every(isWish),
    );
  };
}

/** A JSON object of bounded size; in a query string, its text. */
export function IsMetadata(): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => {
      if (typeof value !== 'string') return value;
      try {
        return JSON.parse(value) as unknown;
      } catch {
        return value;
      }
    })(target, property);
    check(
      target,
      property,
      'isMetadata',
      `must be a JSON object of at most ${MOST_METADATA} characters, without NUL`,
      (value) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
        const text = JSON.stringify(value);
        return text.length <= MOST_METADATA && !text.includes('\\u0000');
      },
    );
  };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A moment in ISO 8601, read as UTC where it does not say its offset; becomes a Date. */
export function IsInstant(): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => readInstant(value) ?? value)(target, property);
    check(
      target,
      property,
      'isInstant',
      'must be a time in ISO 8601, such as 2026-11-08T12:00:00Z',
      (value) => value instanceof Date,
    );
  };
}

/** The moment meant by ISO 8601 text of the years 1900 to 2200, or undefined. */
export function readInstant(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  // a `+` that was not encoded in a query arrives as a space
  const text = value
    .trim()
    .replace(/ (\d{2}:?\d{2})$/, (_, offset: string) => (/T|\d \d{2}:/.test(value) ? `+${offset}` : ` ${offset}`));
  if (!INSTANT.test(text)) return undefined;
  const hasTime = text.length > 10;
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10));
  const date = new Date(`${text.slice(0, 10)}${hasTime ? `T${text.slice(11)}` : 'T00:00'}${hasOffset ? '' : 'Z'}`);
  const year = date.getUTCFullYear();
  return year >= 1900 && year <= 2200 ? date : undefined;
}
