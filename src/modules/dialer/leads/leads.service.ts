import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Tx } from '../../../platform/database/database';
import { EventLog } from '../../../platform/events/event-log';
import type { CallbackView } from '../callbacks/callback.view';
import { leadUpdated } from '../dialer.events';
import { LeadNotFound } from '../dialer.errors';
import { changesBetween, type LeadValues } from '../intake/merge-lead';
import { LeadAgents } from '../lead-agents';
import { momentOf } from '../moment';
import { leadNumber } from './lead-number';
import { LeadRepository } from './lead.repository';
import { type LeadRecord, leadView } from './lead.view';
import type { ChangeLead } from './leads.dto';
import type { LeadReply } from './leads.view';

/** What people do with leads. */
@Injectable()
export class LeadsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly eventLog: EventLog,
    private readonly leads: LeadRepository,
    private readonly agents: LeadAgents,
  ) {}

  /** Changes what was sent and keeps it in the lead's history; tells nobody when nothing changed. */
  async change(actor: Actor, id: string, input: ChangeLead): Promise<LeadReply> {
    return this.database.transaction(async (tx) => {
      const before = await this.leads.lock(tx, leadNumber(id));
      if (!before) throw new LeadNotFound('Lead not found');
      const after: LeadValues = { ...before, ...(await this.values(tx, input)) };
      const changes = changesBetween(before, after);
      if (Object.keys(changes).length > 0) await this.leads.update(tx, actor, before.id, after, changes);
      const lead = (await this.leads.byNumber(tx, before.number)) ?? before;
      if (Object.keys(changes).length > 0) this.tell(tx, actor, lead);
      return { success: true, lead: leadView(lead), timestamp: new Date().toISOString() };
    });
  }

  /** Tells that a lead, locked in this transaction, has changed; with the callback where that is what changed. */
  tell(tx: Tx, actor: Actor, lead: LeadRecord, callback?: CallbackView): void {
    const data = { ...leadView(lead), ...(callback ? { callback } : {}) };
    this.eventLog.append(tx, leadUpdated, data, {
      actor,
      aggregate: `lead:${lead.number}`,
      audience: { roles: ['agent'], scope: 'leads:read' },
      subjectCustomerId: lead.customer_id,
    });
  }

  private async values(tx: Tx, input: ChangeLead): Promise<Partial<LeadValues>> {
    const values: Partial<LeadValues> = {};
    if (input.status) values.status = input.status;
    if (input.notes !== undefined) values.notes = input.notes;
    if (input.appointment_notes !== undefined) values.appointment_notes = input.appointment_notes;
    if (input.appointment_at !== undefined) {
      values.appointment_at = input.appointment_at
        ? momentOf('appointment_at', input.appointment_at, this.config.time.businessZone)
        : null;
    }
    if (input.assigned_agent_id !== undefined) {
      const code = input.assigned_agent_id;
      values.assigned_agent_id = code ? (await this.agents.byCode(tx, 'assigned_agent_id', code)).id : null;
    }
    return values;
  }
}
