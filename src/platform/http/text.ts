import { Transform } from 'class-transformer';
import { registerDecorator, type ValidationOptions } from 'class-validator';

/** A text of `min` to `max` characters that PostgreSQL can hold: a NUL character is refused with the field's name. */
export function IsText(max: number, min = 0, options?: ValidationOptions): PropertyDecorator {
  return (target, propertyKey) =>
    registerDecorator({
      name: 'isText',
      target: target.constructor,
      propertyName: propertyKey as string,
      options,
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.length >= min && value.length <= max && !value.includes('\0'),
        defaultMessage: ({ value } = {} as never) => {
          if (Array.isArray(value)) return `$property must be texts of ${min} to ${max} characters`;
          if (typeof value !== 'string') return '$property must be a string';
          if (value.includes('\0')) return '$property must not contain a NUL character';
          return min > 0
            ? `$property must be between ${min} and ${max} characters long`
            : `$property must be at most ${max} characters long`;
        },
      },
    });
}

/** Cuts blanks off both ends. Lists of texts have it done to each. */
export const Trimmed = (): PropertyDecorator => Transform(({ value }) => trimmed(value));

/** A blank text is as good as none was sent: for filters, and for forms that send every field. */
export const BlankIsAbsent = (): PropertyDecorator =>
  Transform(({ value }) => {
    const text = trimmed(value);
    return text === '' ? undefined : text;
  });

/** A blank text clears the field, as null does; an absent one leaves it as it is. */
export const BlankIsNull = (): PropertyDecorator =>
  Transform(({ value }) => {
    const text = trimmed(value);
    return text === '' ? null : text;
  });

/** A list may come as an array, or in the query string as `a,b`. */
export const CommaList = (): PropertyDecorator =>
  Transform(({ value }) => {
    if (typeof value !== 'string') return Array.isArray(value) ? value.map(trimmed) : value;
    return value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  });

const trimmed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value);
