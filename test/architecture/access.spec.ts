import type { Role } from '../../src/platform/access/access.decorators';
import type { Actor } from '../../src/platform/access/actor';
import { SCOPES } from '../../src/platform/access/access.decorators';
import { DomainError } from '../../src/platform/errors';
import { MediaTypeInterceptor } from '../../src/platform/http/media-type.interceptor';
import { declaredRoutes, type Route } from '../../src/platform/http/routes';
import { newId } from '../../src/platform/time/ids';
import { aKey, anAdmin, anAgent, aUser } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';

/** Thrown in place of the route's work once every guard has let the caller in. */
class LetIn extends DomainError {
  static override readonly status = 418;
  static override readonly code = 'LET_IN';
}

const OUTCOMES: Record<number, string> = { 401: 'who are you', 403: 'not allowed', 418: 'let in' };

interface Caller {
  name: string;
  token?: string;
  /** The routes he is tried on; all when not given. */
  on?(route: Route): boolean;
  expected(route: Route): 'who are you' | 'not allowed' | 'let in';
}

describe('who may call', () => {
  let app: TestApp;
  let routes: Route[];
  let callers: Caller[];

  const person = (name: Role, actor: Actor, ...roles: Role[]): Caller => ({
    name,
    token: app.tokenFor(actor),
    expected: ({ rule }) =>
      rule?.kind === 'public' ||
      (rule?.kind === 'actors' && (name === 'admin' || rule.roles.some((role) => roles.includes(role))))
        ? 'let in'
        : 'not allowed',
  });

  beforeAll(async () => {
    // No route does its work here: what is tried is who gets as far as it
    jest.spyOn(MediaTypeInterceptor.prototype, 'intercept').mockImplementation(() => {
      throw new LetIn('let in');
    });
    app = await startTestApp();
    routes = declaredRoutes(app.nest);
    const everyScopeBut = (scope: string | null): string[] =>
      SCOPES.filter((other) => other !== scope && other !== '*');
    const wants =
      (scope: string) =>
      ({ rule }: Route): boolean =>
        rule?.kind === 'actors' && rule.scope === scope;
    const nobody = ({ rule }: Route): 'let in' | 'who are you' => (rule?.kind === 'public' ? 'let in' : 'who are you');
    callers = [
      { name: 'nobody', expected: nobody },
      { name: 'a made-up token', token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.', expected: nobody },
      { name: 'an ended session', token: await endedSession(), expected: nobody },
      person('user', aUser(), 'user'),
      person('agent', anAgent(), 'agent'),
      person('supervisor', anAgent({ isSupervisor: true }), 'agent', 'supervisor'),
      person('admin', anAdmin()),
      {
        name: 'an API key without a scope',
        token: app.tokenFor(aKey()),
        expected: ({ rule }) => (rule?.kind === 'public' ? 'let in' : 'not allowed'),
      },
      {
        name: 'an API key with every scope',
        token: app.tokenFor(aKey('*')),
        expected: ({ rule }) =>
          rule?.kind === 'public' || (rule?.kind === 'actors' && rule.scope) ? 'let in' : 'not allowed',
      },
      // per route: exactly the scope it wants, and all but that
      ...[
        ...new Set(routes.flatMap(({ rule }) => (rule?.kind === 'actors' && rule.scope ? [rule.scope] : []))),
      ].flatMap((scope): Caller[] => [
        {
          name: `an API key with ${scope}`,
          token: app.tokenFor(aKey(scope)),
          on: wants(scope),
          expected: () => 'let in',
        },
        {
          name: `an API key with all but ${scope}`,
          token: app.tokenFor(aKey(...everyScopeBut(scope))),
          on: wants(scope),
          expected: () => 'not allowed',
        },
      ]),
    ];
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  /** A real token of a session that was really signed out; both routes are tried before their work is taken away. */
  async function endedSession(): Promise<string> {
    const interceptor = jest.mocked(MediaTypeInterceptor.prototype.intercept);
    const refusing = interceptor.getMockImplementation();
    interceptor.mockImplementation((_context, next) => next.handle());
    const credentials = {
      email: `${newId()}@example.com`,
      password: 'a-long-Passw0rd!',
      first_name: 'A',
      last_name: 'B',
    };
    const { body } = await app.http.post('/api/auth/register').send(credentials).expect(201);
    const token = (body as { tokens: { access: string } }).tokens.access;
    await app.http.get('/api/auth/me').set('Authorization', `Bearer ${token}`).expect(200);
    await app.http.post('/api/auth/logout').set('Authorization', `Bearer ${token}`).expect(200);
    if (refusing) interceptor.mockImplementation(refusing);
    return token;
  }

  it('knows a rule for every route', () => {
    expect(routes.length).toBeGreaterThan(0);
    expect(routes.filter(({ rule }) => !rule).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('lets in exactly whom the rule of each route names', async () => {
    const wrong: string[] = [];
    const calls = routes
      .filter(({ rule }) => rule?.kind !== 'own')
      .flatMap((route) => callers.filter(({ on }) => on?.(route) ?? true).map((caller) => ({ route, caller })));
    const work = async (): Promise<void> => {
      for (let next = calls.pop(); next; next = calls.pop()) {
        const { route, caller } = next;
        const response = await fetch(app.url + route.path.replace(/\{\w+\}/g, newId), {
          method: route.method,
          headers: caller.token ? { Authorization: `Bearer ${caller.token}` } : {},
        });
        await response.arrayBuffer();
        const outcome = OUTCOMES[response.status] ?? String(response.status);
        const expected = caller.expected(route);
        if (outcome !== expected)
          wrong.push(`${caller.name} on ${route.method} ${route.path}: ${outcome}, not ${expected}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, work));
    expect(wrong.sort()).toEqual([]);
  });

  it('lets nobody in by token where a route has a guard of its own', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter(({ rule }) => rule?.kind === 'own')) {
      for (const caller of callers.filter(({ on }) => !on)) {
        const response = await fetch(app.url + route.path.replace(/\{\w+\}/g, newId), {
          method: route.method,
          headers: caller.token ? { Authorization: `Bearer ${caller.token}` } : {},
        });
        await response.arrayBuffer();
        // Prometheus may also come as an admin; 503: the provider behind the guard is not set up
        if (route.path === '/metrics' && caller.name === 'admin') continue;
        if (![401, 403, 503].includes(response.status))
          wrong.push(`${caller.name} on ${route.method} ${route.path}: ${response.status}`);
      }
    }
    expect(wrong.sort()).toEqual([]);
  });
});
