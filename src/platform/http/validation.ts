import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type ErrorDetails, Invalid } from '../errors';

/** Flattens class-validator's tree to `{"address.city": "must be …"}`. */
export function errorDetails(errors: readonly ValidationError[], prefix = ''): ErrorDetails {
  const details: ErrorDetails = {};
  for (const error of errors) {
    const name = `${prefix}${error.property}`;
    const reasons = Object.values(error.constraints ?? {});
    if (reasons.length > 0) details[name] = reasons.map((text) => text.replace(`${error.property} `, '')).join(', ');
    Object.assign(details, errorDetails(error.children ?? [], `${name}.`));
  }
  return details;
}

/** The error for what class-validator found; its message names the first field. */
export function invalidInput(errors: readonly ValidationError[]): Invalid {
  const details = errorDetails(errors);
  const [field, reason] = Object.entries(details)[0] ?? ['input', 'is not valid'];
  return new Invalid(`${field} ${reason}`, details);
}

/** Checks and converts what controllers take; unknown properties are dropped (existing clients send extras). */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    validateCustomDecorators: true,
    exceptionFactory: invalidInput,
  });
