import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, isUniqueViolation, type Tx } from '../../../platform/database/database';
import { isUuid } from '../../../platform/http/page';
import { CallbackExists, CallbackNotFound, LeadNotFound } from '../dialer.errors';
import { LeadAgents } from '../lead-agents';
import { leadNumber } from '../leads/lead-number';
import { LeadRepository } from '../leads/lead.repository';
import type { LeadRecord } from '../leads/lead.view';
import { LeadsService } from '../leads/leads.service';
import { momentOf } from '../moment';
import { CallbackRepository } from './callback.repository';
import { type CallbackReply, callbackView } from './callback.view';
import type { ChangeCallback, CreateCallback } from './callbacks.dto';

/** Promises to call leads again. */
@Injectable()
export class CallbacksService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly callbacks: CallbackRepository,
    private readonly leads: LeadRepository,
    private readonly leadsService: LeadsService,
    private readonly agents: LeadAgents,
  ) {}

  /** Promises a callback; it is the caller's own when he is an agent and names nobody else, else the lead's agent's. */
  async create(actor: Actor, leadId: string, input: CreateCallback): Promise<CallbackReply> {
    return this.database.transaction(async (tx) => {
      const lead = await this.leads.lock(tx, leadNumber(leadId));
      if (!lead) throw new LeadNotFound('Lead not found');
      const agent_id = await this.agentOf(tx, actor, lead, input.agent_id);
      const due_at = momentOf('due_at', input.due_at, this.config.time.businessZone);
      const id = await this.callbacks.insert(tx, actor, lead.id, { agent_id, due_at, note: input.note ?? null });
      return this.told(tx, actor, lead, id);
    });
  }

  /** Completes, cancels, opens again, moves or hands over a callback. */
  async change(actor: Actor, id: string, input: ChangeCallback): Promise<CallbackReply> {
    if (!isUuid(id)) throw new CallbackNotFound('Callback not found');
    return this.database.transaction(async (tx) => {
      // The lead first, as everywhere: whoever holds a lead may then take its callbacks
      const known = await this.callbacks.byId(tx, id);
      const lead = known && (await this.leads.lock(tx, known.lead_number));
      const before = lead && (await this.callbacks.lock(tx, id));
      if (!before) throw new CallbackNotFound('Callback not found');
      const named = input.agent_id && (await this.agents.byCode(tx, 'agent_id', input.agent_id)).id;
      const zone = this.config.time.businessZone;
      const values = {
        agent_id: input.agent_id === undefined ? before.agent_id : named || null,
        due_at: input.due_at ? momentOf('due_at', input.due_at, zone) : before.due_at,
        note: input.note === undefined ? before.note : input.note,
        status: input.status ?? before.status,
      };
      await this.callbacks.update(tx, id, values).catch((error: unknown) => {
        if (!isUniqueViolation(error, 'lead_callback_dialer')) throw error;
        throw new CallbackExists('The dialer has asked for another callback of this lead meanwhile');
      });
      return this.told(tx, actor, lead, id);
    });
  }

  private async agentOf(
    tx: Tx,
    actor: Actor,
    lead: LeadRecord,
    code: string | null | undefined,
  ): Promise<string | null> {
    if (code) return (await this.agents.byCode(tx, 'agent_id', code)).id;
    if (code === null) return null;
    return actor.agent?.id ?? lead.assigned_agent_id;
  }

  private async told(tx: Tx, actor: Actor, lead: LeadRecord, id: string): Promise<CallbackReply> {
    const row = await this.callbacks.byId(tx, id);
    if (!row) throw new CallbackNotFound('Callback not found');
    const callback = callbackView(row);
    this.leadsService.tell(tx, actor, lead, callback);
    return { success: true, callback, timestamp: new Date().toISOString() };
  }
}
