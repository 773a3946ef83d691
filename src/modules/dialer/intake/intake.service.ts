import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Tx } from '../../../platform/database/database';
import { EventLog } from '../../../platform/events/event-log';
import type { EventDefinition } from '../../../platform/events/define-event';
import { Invalid } from '../../../platform/errors';
import { type AgentRow, AgentsQueries } from '../../agents';
import { CustomersService } from '../../customers';
import { CallbackRepository } from '../callbacks/callback.repository';
import { leadCreated, leadUpdated } from '../dialer.events';
import { AgentMissing, DialerAgentNotFound } from '../dialer.errors';
import { LeadRepository, type Written } from '../leads/lead.repository';
import { type LeadRecord, leadView, type LeadView } from '../leads/lead.view';
import { changesBetween, type LeadValues, mergeLead, sentPhone, type SentPhone } from './merge-lead';
import { type ReadLead, readLead } from './read-lead';
import { readMoment, readText, Refused } from './read-value';
import type { SentFields } from './signature';

/** What became of a lead that was sent. */
export interface Intake {
  lead: LeadView;
  created: boolean;
}

/** With these dispositions the dialer itself will call again. */
const CALLBACK_DISPOSITIONS = new Set(['CALLBK', 'CBHOLD']);
const LONGEST_AGENT_NAME = 100;

/** Takes leads from the dialer. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly eventLog: EventLog,
    private readonly customers: CustomersService,
    private readonly agents: AgentsQueries,
    private readonly leads: LeadRepository,
    private readonly callbacks: CallbackRepository,
  ) {}

  /**
   * Creates the lead, or updates the one with this `lead_id`, else with this number. Throws AgentMissing and
   * DialerAgentNotFound before it looks at the fields, then Invalid naming those that cannot be taken.
   */
  async take(actor: Actor, sent: SentFields): Promise<Intake> {
    const agent = await this.agentOf(sent);
    const read = readLead(sent);
    const phone = sentPhone(read.known, this.config.phoneDefaultCountry);
    const dialerId = read.known.lead_id ?? null;
    return this.database.transaction(async (tx) => {
      await this.leads.takeTurns(tx, turnKeys(dialerId, phone.e164));
      const found = (dialerId ?? phone.e164) ? await this.leads.matching(tx, dialerId, phone.e164) : [];
      const match = found.find((lead) => lead.by_id) ?? found[0];
      const current = match && (await this.leads.byNumber(tx, match.number));
      const incoming = {
        read,
        phone,
        phoneIsTaken: found.length > 1,
        agentId: agent.id,
        zone: this.config.time.dialerZone,
      };
      const next = mergeLead(current, incoming);
      const customer = await this.customerOf(tx, actor, current, next, phone);
      const record = current
        ? await this.update(tx, actor, current, { ...next, customer_id: customer.id }, match.by_id ? null : dialerId)
        : await this.create(tx, { ...next, customer_id: customer.id });
      const named = {
        ...record,
        ...(current?.agent_code
          ? {}
          : { agent_code: agent.code, agent_name: agent.name, agent_username: agent.dialer_user_id ?? agent.email }),
        last_agent_code: agent.code,
        customer_code: customer.code,
      };
      const lead = leadView(named);
      if (record.changed) this.tell(tx, actor, current ? leadUpdated : leadCreated, named, lead);
      await this.keepCallback(tx, actor, record.id, agent, read);
      return { lead, created: !current };
    });
  }

  private async agentOf(sent: SentFields): Promise<AgentRow> {
    const [dialerUserId, user] = ['dialer_user_id', 'user'].map((field) => {
      const text = readText(sent[field], LONGEST_AGENT_NAME);
      if (text instanceof Refused) throw new Invalid(`${field} ${text.reason}`, { [field]: text.reason });
      return text;
    });
    if (dialerUserId === undefined && user === undefined) throw new AgentMissing('Missing required fields: user');
    const agent = await this.agents.findForDialer({ dialer_user_id: dialerUserId, user });
    if (agent) return agent;
    const [field, name] = dialerUserId === undefined ? ['user', user] : ['dialer_user_id', dialerUserId];
    throw new DialerAgentNotFound(`Agent with ${field} '${name}' not found`);
  }

  /** The person with this number; the one already known when no new number came. */
  private async customerOf(
    tx: Tx,
    actor: Actor,
    current: LeadRecord | undefined,
    next: LeadValues,
    phone: SentPhone,
  ): Promise<{ id: string | null; code: string | null }> {
    const known = { id: current?.customer_id ?? null, code: current?.customer_code ?? null };
    if (!next.phone_e164 || (known.id && next.phone_e164 === current?.phone_e164)) return known;
    const customer = await this.customers.ensure(tx, actor, {
      phone: phone.e164 ?? next.phone_e164,
      name: next.full_name ?? undefined,
      email: next.email ?? undefined,
      source: 'dialer',
    });
    return customer ? { id: customer.id, code: customer.code } : known;
  }

  private async create(tx: Tx, values: LeadValues): Promise<LeadRecord & { changed: boolean }> {
    return { ...named(values, await this.leads.insert(tx, values)), changed: true };
  }

  private async update(
    tx: Tx,
    actor: Actor,
    current: LeadRecord,
    values: LeadValues,
    newDialerId: string | null,
  ): Promise<LeadRecord & { changed: boolean }> {
    if (newDialerId) await this.leads.linkDialerId(tx, current.id, newDialerId);
    const changes = changesBetween(current, values);
    if (Object.keys(changes).length === 0) return { ...current, changed: false };
    const updated_at = await this.leads.update(tx, actor, current.id, values, changes);
    return { ...current, ...values, updated_at, changed: true };
  }

  private tell(tx: Tx, actor: Actor, event: EventDefinition<LeadView>, record: LeadRecord, lead: LeadView): void {
    this.eventLog.append(tx, event, lead, {
      actor,
      aggregate: `lead:${lead.id}`,
      audience: { roles: ['agent'], scope: 'leads:read' },
      subjectCustomerId: record.customer_id,
    });
  }

  /** A callback disposition with a time we can read makes the lead's callback, or moves the one the dialer asked for. */
  private async keepCallback(tx: Tx, actor: Actor, leadId: string, agent: AgentRow, read: ReadLead): Promise<void> {
    const { dispo, callback_datetime, callback_comments, callback_lead_status } = read.known;
    const wanted = [dispo, callback_lead_status].some((code) => code && CALLBACK_DISPOSITIONS.has(code.toUpperCase()));
    if (!wanted) return;
    const dueAt = readMoment(callback_datetime, this.config.time.dialerZone);
    if (!dueAt) return;
    await this.callbacks.keepDialerCallback(tx, actor, leadId, agent.id, dueAt, callback_comments ?? null);
  }
}

const turnKeys = (dialerId: string | null, e164: string | null): string[] => [
  ...(dialerId ? [`lead:id:${dialerId}`] : []),
  ...(e164 ? [`lead:phone:${e164}`] : []),
];

const named = (values: LeadValues, written: Written): LeadRecord => ({
  ...values,
  ...written,
  agent_code: null,
  agent_name: null,
  agent_username: null,
  last_agent_code: null,
  customer_code: null,
});
