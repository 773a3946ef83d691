import type { AccessRule } from '../../access/access.decorators';

/** One requirement list: any one of its entries opens the route. */
type Security = Record<string, string[]>[];

/** How callers show who they are. */
export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of a person; lives 15 minutes.',
  },
  session: { type: 'apiKey', in: 'cookie', name: 'session_id', description: 'The session of a browser.' },
  api_key: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The key of a service.' },
  api_key_bearer: { type: 'http', scheme: 'bearer', description: 'The key of a service, sent as a bearer token.' },
  dialer_key: { type: 'apiKey', in: 'header', name: 'X-Dialer-Api-Key', description: 'The key of the dialer.' },
} as const;

/** The security requirement of a route. */
export function securityOf(rule: AccessRule | undefined): Security {
  if (rule?.kind === 'public') return [];
  if (rule?.kind === 'own')
    return rule.by.toLowerCase().includes('dialer')
      ? [{ dialer_key: [] }]
      : /bearer/i.test(rule.by)
        ? [{ bearer: [] }]
        : [];
  const people: Security = rule?.roles.length === 0 ? [] : [{ bearer: [] }, { session: [] }];
  return rule?.scope ? [...people, { api_key: [] }, { api_key_bearer: [] }] : people;
}

const PEOPLE = { admin: 'admins', supervisor: 'supervisors', agent: 'agents', user: 'users' } as const;

/** Who may call, as a sentence. */
export function whoMayCall(rule: AccessRule | undefined): string {
  if (!rule) return 'Nobody.';
  if (rule.kind === 'public') return 'Anybody.';
  if (rule.kind === 'own') return `Guarded by ${rule.by}.`;
  const people = ['admins', ...rule.roles.filter((role) => role !== 'admin').map((role) => PEOPLE[role])];
  if (rule.scope) people.push(`API keys with \`${rule.scope}\``);
  const last = people.pop();
  return `${people.length > 0 ? `${people.join(', ')} and ${last}` : last}.`.replace(/^./, (letter) =>
    letter.toUpperCase(),
  );
}
