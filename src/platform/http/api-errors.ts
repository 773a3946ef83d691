import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { DomainError } from '../errors';

type ErrorClass = (abstract new (...args: never[]) => DomainError) & {
  readonly status: number;
  readonly code: string;
  readonly name: string;
};

/**
 * Documents the errors a route may answer beyond those every route has (400, 401, 403, 429 are added by `openapi.ts`).
 * Several errors of one status are listed together with their codes.
 */
export function ApiErrors(...errors: ErrorClass[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, string[]>();
  for (const error of errors) byStatus.set(error.status, [...(byStatus.get(error.status) ?? []), error.code]);
  return applyDecorators(
    ...[...byStatus].map(([status, codes]) =>
      ApiResponse({ status, description: codes.map((code) => `\`${code}\``).join(' or ') }),
    ),
  );
}
