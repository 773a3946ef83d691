import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { isSubscriber } from './ticket-access';
import type { Assignee } from './ticket-edit';
import { AssigneeInactive, AssigneeNotFound } from './tickets.errors';

/** Finds the agents that tickets are given to, and the subscribers they work for. */
@Injectable()
export class Assignees {
  /** Throws AssigneeNotFound or AssigneeInactive. Takes no lock: calls are offered to the same row all the time. */
  async find(tx: Tx, code: string): Promise<Assignee> {
    const agent = await tx.one<{ id: string; code: string; is_active: boolean }>(
      'select id, code, is_active from agent where code = $1',
      [code],
    );
    if (!agent) throw new AssigneeNotFound(code);
    if (!agent.is_active) throw new AssigneeInactive(code);
    return { id: agent.id, code: agent.code };
  }

  /** The subscriber for whom the actor works: himself, or the one whose seat an agent takes. */
  async subscriberOf(tx: Tx, actor: Actor): Promise<string | null> {
    if (isSubscriber(actor)) return actor.id;
    if (!actor.agent) return null;
    const agent = await tx.one<{ owner_user_id: string | null }>('select owner_user_id from agent where id = $1', [
      actor.agent.id,
    ]);
    return agent?.owner_user_id ?? null;
  }
}
