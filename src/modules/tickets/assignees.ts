import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database';
import type { Assignee } from './ticket-edit';
import { AssigneeInactive, AssigneeNotFound } from './tickets.errors';

/** Finds the agents that tickets are given to. */
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
}
