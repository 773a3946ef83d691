import type { ErrorDetails } from '../errors';

/** What an error tells, before it takes the shape of its surface. */
export interface ErrorFacts {
  message: string;
  code: string;
  details?: ErrorDetails;
  requestId: string;
  extra: Record<string, unknown>;
}

type Body = Record<string, unknown>;
const optional = (details?: ErrorDetails): Body => (details && Object.keys(details).length > 0 ? { details } : {});

/** The error body of the surface that `path` belongs to: dialer, DTech sales, or everything else. */
export function errorBody(path: string, facts: ErrorFacts): Body {
  const rest = { code: facts.code, ...optional(facts.details), ...facts.extra, request_id: facts.requestId };
  if (/^\/api\/leads\/from-dialer(\/|$)/i.test(path)) return { error: facts.message, ...rest };
  if (/^\/api\/v1\/sales(\/|$)/i.test(path)) return { detail: facts.message, ...rest };
  return { success: false, message: facts.message, error: facts.message, ...rest };
}
