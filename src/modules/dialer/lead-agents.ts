import { Injectable } from '@nestjs/common';
import type { Reader } from '../../platform/database/database';
import { Invalid } from '../../platform/errors';

/** An agent who can be given something. */
export interface AssignableAgent {
  id: string;
  code: string;
}

/** Finds agents by their code, for fields that name one. */
@Injectable()
export class LeadAgents {
  /** The active agent with this code (in any case); throws Invalid naming `field` when there is none. */
  async byCode(reader: Reader, field: string, code: string): Promise<AssignableAgent> {
    const agent = await reader.one<AssignableAgent>('select id, code from agent where code = $1 and is_active', [
      code.toUpperCase(),
    ]);
    if (!agent) throw new Invalid(`${field} is no active agent`, { [field]: 'is no active agent' });
    return agent;
  }

  /** The id of any agent with this code, also one who has left; undefined when there is none. */
  async idOf(reader: Reader, code: string): Promise<string | undefined> {
    return (await reader.one<{ id: string }>('select id from agent where code = $1', [code.toUpperCase()]))?.id;
  }
}
