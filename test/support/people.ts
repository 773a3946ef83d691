import type request from 'supertest';
import { Accounts, Passwords, type UserRole } from '../../src/modules/auth';
import { systemActor } from '../../src/platform/access/actor';
import type { TestApp } from './test-app';

/** A password that is not that of any sample account. */
export const PASSWORD = 'correct horse battery';

let made = 0;

/** An e-mail nobody has yet in this file's database. */
export const freshEmail = (): string => `person-${(made += 1)}@example.com`;

/** What login and register answer. */
export interface SignedInBody {
  user: { id: string; email: string; role: UserRole };
  tokens: { access: string; refresh: string; token_type: string; expires_in: number };
}

/** Makes an account behind the scenes and signs it in over HTTP. */
export async function signedIn(app: TestApp, role: UserRole): Promise<SignedInBody & { cookie: string }> {
  const email = freshEmail();
  const password_hash = await app.nest.get(Passwords, { strict: false }).hash(PASSWORD);
  const accounts = app.nest.get(Accounts, { strict: false });
  await app.database.transaction((tx) => accounts.create(tx, systemActor('test'), { email, role, password_hash }));
  const response = await app.http.post('/api/auth/login').send({ email, password: PASSWORD }).expect(200);
  return { ...(response.body as SignedInBody), cookie: cookieOf(response, app.config.session.cookieName) };
}

/** `name=value` of a cookie that an answer sets, empty when it sets none. */
export function cookieOf(response: request.Response, name: string): string {
  const set = ([] as string[]).concat(response.headers['set-cookie'] ?? []);
  return set.find((line) => line.startsWith(`${name}=`))?.split(';')[0] ?? '';
}
