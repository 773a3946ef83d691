import type { Route } from '../http/routes';
import type { AccessRule } from './access.decorators';

/** `docs/access.md`: every route and who may call it, so that a new route is seen in review. */
export function accessTable(routes: readonly Route[]): string {
  return `# Who may call what

Made by \`npm run docs\` from the decorators of the routes; do not edit, but do read what changes here. A route without
\`@Allow\`, \`@Public\` or \`@OwnGuard\` is closed to everybody. A record that is not the caller's is 404 besides.

| route | admin | supervisor | agent | user | API key | nobody | limit |
|---|---|---|---|---|---|---|---|
${routes.map((route) => `| \`${route.method} ${route.path}\` | ${columns(route.rule).join(' | ')} | ${limitOf(route)} |`).join('\n')}
`;
}

function columns(rule: AccessRule | undefined): string[] {
  if (!rule) return Array<string>(6).fill('–');
  if (rule.kind === 'public') return Array<string>(6).fill('yes');
  if (rule.kind === 'own') return [...Array<string>(5).fill('–'), `guarded by ${rule.by}`];
  const has = (...roles: string[]): string => (rule.roles.some((role) => roles.includes(role)) ? 'yes' : '–');
  return ['yes', has('supervisor', 'agent'), has('agent'), has('user'), rule.scope ? `\`${rule.scope}\`` : '–', '–'];
}

function limitOf({ limit }: Route): string {
  if (limit === null) return 'none';
  return limit ? `${limit.name} ${limit.points}/${limit.seconds} s` : 'refusals 60/60 s';
}
