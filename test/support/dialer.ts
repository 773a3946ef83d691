import type { AgentProfile } from '../../src/platform/access/actor';
import { newId } from '../../src/platform/time/ids';
import type { TestApp } from './test-app';

/** The key the dialer's documents use; outside production it is the default. */
export const DIALER_KEY = 'margav-dialer-2024-secure-key-12345';
export const INTAKE = '/api/leads/from-dialer/';

let count = 0;

/** An agent whom the dialer knows by this name. */
export async function aDialerAgent(app: TestApp, dialerUserId: string, name = dialerUserId): Promise<AgentProfile> {
  const profile = { id: newId(), code: `AGT-${(count += 1) + 700}`, departments: [], isSupervisor: false };
  await app.database.transaction((tx) =>
    tx.rows(`insert into agent (id, code, name, email, dialer_user_id) values ($1, $2, $3, $4, $5)`, [
      profile.id,
      profile.code,
      name,
      `${name.toLowerCase().replaceAll(' ', '.')}@example.com`,
      dialerUserId,
    ]),
  );
  return profile;
}

/** Posts fields as the dialer does. */
export const postLead = (app: TestApp, fields: object, headers: Record<string, string> = {}) =>
  app.http
    .post(INTAKE)
    .set({ 'X-Dialer-Api-Key': DIALER_KEY, ...headers })
    .send(fields);

/** How many events of a name there are. */
export async function eventCount(app: TestApp, name: string): Promise<number> {
  const row = await app.database.read.one<{ n: number }>('select count(*)::int as n from event where name = $1', [
    name,
  ]);
  return row?.n ?? 0;
}
