import type { UserActor } from '../../src/platform/access/actor';
import { newId } from '../../src/platform/time/ids';
import { anAgent } from './actors';
import type { TestApp } from './test-app';

/** An agent at his desk: his row, his actor, his token. */
export interface FloorAgent {
  id: string;
  code: string;
  userId: string;
  actor: UserActor;
  token: string;
}

interface Hire {
  departments?: string[];
  status?: 'available' | 'busy' | 'on_break' | 'offline';
  maxConcurrentCalls?: number;
  skills?: Record<string, number>;
  idleSeconds?: number;
  isSupervisor?: boolean;
}

/** Puts an agent on the floor, by default available for every department. */
export async function hire(app: TestApp, code: string, wish: Hire = {}): Promise<FloorAgent> {
  const { departments = [], status = 'available', maxConcurrentCalls = 1, skills = {}, idleSeconds = 0 } = wish;
  const id = newId();
  const userId = newId();
  await app.database.transaction(async (tx) => {
    await tx.rows(
      `insert into user_account (id, email, password_hash, role, first_name, last_name)
       values ($1, $2, 'none', 'agent', 'Agent', $3)`,
      [userId, `${code.toLowerCase()}@example.com`, code],
    );
    await tx.rows(
      `insert into agent (id, code, user_id, name, departments, status, idle_since, max_concurrent_calls, is_supervisor)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() - make_interval(secs => $7), $8, $9)`,
      [
        id,
        code,
        userId,
        `Agent ${code}`,
        departments,
        status,
        idleSeconds,
        maxConcurrentCalls,
        wish.isSupervisor ?? false,
      ],
    );
    await tx.rows(
      `insert into agent_status_interval (id, agent_id, status, started_at, changed_by) values ($1, $2, $3, now(), '{}')`,
      [newId(), id, status],
    );
    for (const [skill, level] of Object.entries(skills)) {
      await tx.rows('insert into agent_skill (id, agent_id, skill, level) values ($1, $2, $3, $4)', [
        newId(),
        id,
        skill,
        level,
      ]);
    }
  });
  const actor: UserActor = {
    ...anAgent({ id, code, departments, isSupervisor: wish.isSupervisor ?? false }),
    id: userId,
  };
  return { id, code, userId, actor, token: app.tokenFor(actor) };
}

/** The status of an agent as it stands. */
export async function statusOf(app: TestApp, agent: FloorAgent): Promise<string> {
  const row = await app.database.read.one<{ status: string }>('select status from agent where id = $1', [agent.id]);
  return row?.status ?? 'gone';
}

/** Calls of the API in a few words; every answer must have the status expected. */
export function caller(app: TestApp, token: string) {
  const send = async (
    method: 'get' | 'post' | 'patch',
    path: string,
    body: object | undefined,
    expected: number,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  ): Promise<any> => {
    const request = app.http[method](path).set('Authorization', `Bearer ${token}`);
    const answer = await (body ? request.send(body) : request);
    if (answer.status !== expected) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}, expected ${expected}`);
    }
    return answer.body;
  };
  return {
    get: (path: string, expected = 200) => send('get', path, undefined, expected),
    post: (path: string, body: object = {}, expected = 200) => send('post', path, body, expected),
    patch: (path: string, body: object = {}, expected = 200) => send('patch', path, body, expected),
  };
}
