import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Database, type Tx } from '../../platform/database/database';
import { Invalid } from '../../platform/errors';
import { parsePhone } from '../../platform/phone/phone';
import { Config } from '../../platform/config/config';
import { CustomersService } from '../customers';
import { maySeeCall } from './call-access';
import { CallEndings } from './call-endings';
import { CallLedger, type LockedCall, type NewCall } from './call-ledger';
import { type CallStatus, endStatus, isFinal } from './call-state';
import type { CallView } from './call.view';
import { CallNotFound, IllegalTransition, NoAgentAssigned, NotPossibleNow } from './calls.errors';
import { AgentDesks } from './queue/agent-desks';
import { chooseDepartment } from './queue/department-choice';
import { Departments } from './queue/departments';
import type { SkillWish } from './queue/distribution-choice';
import { Offers } from './queue/offers';
import { type Priority, rankOf } from './queue/priority';
import { WaitingLine } from './queue/waiting-line';
import { TelephonyCommands } from './telephony/telephony-commands';

/** What is known of a call that begins. */
export interface CallDetails {
  phone_number: string;
  customer_name?: string;
  customer_email?: string;
  department?: string;
  priority?: Priority;
  direction?: 'inbound' | 'outbound';
  sales_process_id?: string;
  provider_call_sid?: string;
  required_skills?: SkillWish[];
  preferred_skills?: SkillWish[];
  metadata?: Record<string, unknown>;
}

/** Where a call is to go. Without a department, what the caller wants (`text`) decides. */
export interface Routing {
  department?: string;
  text?: string;
  priority?: Priority;
  required_skills?: SkillWish[];
  preferred_skills?: SkillWish[];
}

/** The life of a call, as people and services steer it. */
@Injectable()
export class CallsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly endings: CallEndings,
    private readonly offers: Offers,
    private readonly line: WaitingLine,
    private readonly desks: AgentDesks,
    private readonly departments: Departments,
    private readonly customers: CustomersService,
    private readonly commands: TelephonyCommands,
  ) {}

  /** Records a call that has begun; it dials nobody. The caller's customer is found or made by the number. */
  create(actor: Actor, input: CallDetails): Promise<CallView> {
    return this.database.transaction(async (tx) => {
      const call = await this.record(tx, actor, input, 'recorded');
      return this.ledger.view(tx, call.row, call.at);
    });
  }

  /** Writes a new call and its customer, in the caller's transaction. */
  async record(
    tx: Tx,
    actor: Actor,
    input: CallDetails,
    cause: string,
    more: Partial<NewCall> = {},
  ): Promise<LockedCall> {
    const sent = input.phone_number;
    const phone = parsePhone(sent, { country: this.config.phoneDefaultCountry, spaceMayBePlus: true });
    const customer = await this.customers.ensure(tx, actor, {
      phone: phone?.e164 ?? sent,
      name: input.customer_name ?? null,
      email: input.customer_email ?? null,
      source: 'call',
    });
    return this.ledger.create(
      tx,
      actor,
      {
        direction: input.direction ?? 'inbound',
        // a `+` that was not encoded in a query arrives as a space
        phone_number: phone && sent.startsWith(' ') ? phone.e164 : sent.trim(),
        phone_e164: phone?.e164 ?? null,
        customer_name: input.customer_name ?? customer?.name ?? null,
        customer_email: input.customer_email ?? customer?.email ?? null,
        customer_id: customer?.id ?? null,
        department: input.department ? this.departments.require(input.department) : null,
        priority_rank: rankOf(input.priority ?? 'medium'),
        owner_user_id: await this.ownerFor(tx, actor),
        provider_call_sid: input.provider_call_sid ?? null,
        sales_process_id: input.sales_process_id ?? null,
        required_skills: input.required_skills ?? [],
        preferred_skills: input.preferred_skills ?? [],
        metadata: input.metadata ?? {},
        ...more,
      },
      cause,
    );
  }

  /** The subscriber a new call belongs to: himself, or the one in whose seat the agent sits. */
  private async ownerFor(tx: Tx, actor: Actor): Promise<string | null> {
    if (actor.kind !== 'user') return null;
    if (actor.role === 'user') return actor.id;
    if (!actor.agent) return null;
    const row = await tx.one<{ owner_user_id: string | null }>('select owner_user_id from agent where id = $1', [
      actor.agent.id,
    ]);
    return row?.owner_user_id ?? null;
  }

  /** Sets a status by hand, as far as the transition table allows; each status means what its own route means. */
  setStatus(actor: Actor, code: string, status: CallStatus): Promise<CallView> {
    return this.change(actor, code, async (tx, call) => {
      const now = call.row.status;
      if (status === now) return;
      if (isFinal(status)) return this.endings.end(tx, actor, call, { to: status, cause: 'status set by hand' });
      // the table speaks first, so that an illegal wish is told what would be legal
      this.ledger.requireLegal(call, status);
      if (status === 'in_progress') return this.takeByHand(tx, actor, call);
      if (status === 'on_hold') return this.holdLocked(tx, actor, call);
      if (status === 'in_queue') return this.routeLocked(tx, actor, call, {}, 'queued by hand');
      if (status === 'transferred') {
        throw new Invalid('status transferred is set by transferring', { status: 'is set by /transfer' });
      }
      if (status === 'ringing' && now === 'in_queue') {
        throw new NotPossibleNow(now, 'A waiting call rings when it is offered to an agent');
      }
      return this.ledger.change(tx, actor, call, { kind: 'status', cause: 'status set by hand', to: status });
    });
  }

  /** `in_progress` by hand: the agent it is assigned to, or else the one who says so, has it from now on. */
  private async takeByHand(tx: Tx, actor: Actor, call: LockedCall): Promise<void> {
    if (call.row.status === 'on_hold') return this.resumeLocked(tx, actor, call);
    const agentId = call.row.assigned_agent_id ?? actor.agent?.id;
    if (!agentId) throw new NoAgentAssigned('A call in progress needs an agent, and this one has none');
    const offer = await this.offers.live(tx, call.row.id);
    if (offer?.agent_id === agentId) {
      return this.offers.accept(tx, actor, call, offer, await this.desks.lock(tx, { id: agentId }));
    }
    if (call.row.assigned_agent_id === null) {
      await this.offers.withdraw(tx, call);
      const others = await this.desks.release(tx, call.row.id);
      const agent = await this.desks.lock(tx, { id: agentId });
      await this.desks.claim(tx, agent, call.row.id);
      for (const id of others) await this.desks.settle(tx, actor, id, call.at);
    }
    await this.offers.connect(tx, actor, call, agentId, 'status set by hand');
    await this.desks.settle(tx, actor, agentId, call.at);
  }

  /** Sends a call to a department's queue; an agent who has it hands it over and writes up. */
  route(actor: Actor, code: string, routing: Routing): Promise<CallView> {
    return this.change(actor, code, (tx, call) => this.routeLocked(tx, actor, call, routing, 'routed'));
  }

  private async routeLocked(tx: Tx, actor: Actor, call: LockedCall, routing: Routing, cause: string): Promise<void> {
    if (isFinal(call.row.status)) throw new IllegalTransition(call.row.status, 'in_queue');
    if (call.row.consult_agent_id) throw new NotPossibleNow(call.row.status, 'Complete or cancel the transfer first');
    const chosen = routing.department
      ? { department: this.departments.require(routing.department) }
      : this.chooseByWords(call, routing.text);
    const priority = routing.priority == null ? call.row.priority_rank : rankOf(routing.priority);
    if (await this.waitsThereAlready(tx, call, chosen.department, routing)) return;
    if (priority !== call.row.priority_rank) {
      await tx.rows('update call set priority_rank = $2 where id = $1', [call.row.id, priority]);
      call.row.priority_rank = priority;
    }
    if (routing.required_skills) call.row.required_skills = routing.required_skills;
    if (routing.preferred_skills) call.row.preferred_skills = routing.preferred_skills;
    await this.handOver(tx, actor, call, chosen.department, 'in_queue', cause);
  }

  private chooseByWords(call: LockedCall, text: string | undefined): { department: string } {
    if (text === undefined) return { department: call.row.department ?? this.departments.first };
    const { department } = chooseDepartment(text);
    return { department: this.departments.names.includes(department) ? department : this.departments.first };
  }

  private async waitsThereAlready(tx: Tx, call: LockedCall, department: string, routing: Routing): Promise<boolean> {
    if (routing.priority || routing.required_skills || routing.preferred_skills) return false;
    if (call.row.status !== 'in_queue' || call.row.department !== department) return false;
    return Boolean(await tx.one(`select 1 from queue_entry where call_id = $1 and state = 'waiting'`, [call.row.id]));
  }

  /** Lets go of whoever has the call or is being asked, and puts it into a queue. */
  async handOver(
    tx: Tx,
    actor: Actor,
    call: LockedCall,
    department: string,
    status: 'in_queue' | 'transferred',
    cause: string,
    onlyAgentId?: string,
  ): Promise<void> {
    const { assigned_agent_id: talker, answered_at } = call.row;
    await this.offers.withdraw(tx, call);
    const freed = await this.desks.release(tx, call.row.id);
    const overflowed = await this.line.join(tx, actor, call, { department, status, cause, onlyAgentId });
    for (const id of freed) {
      await this.desks.settle(tx, actor, id, call.at, answered_at && id === talker ? call.row.id : undefined);
    }
    if (overflowed) return this.endings.end(tx, actor, call, overflowed);
    if (call.row.is_carried && call.row.provider_call_sid) await this.commands.settle(tx, call.row);
  }

  /** The caller hears music. */
  hold(actor: Actor, code: string): Promise<CallView> {
    return this.change(actor, code, (tx, call) => this.holdLocked(tx, actor, call));
  }

  private async holdLocked(tx: Tx, actor: Actor, call: LockedCall): Promise<void> {
    this.ledger.requireLegal(call, 'on_hold');
    await this.ledger.change(tx, actor, call, { kind: 'held', cause: 'put on hold', to: 'on_hold' });
    if (call.row.is_carried) await this.commands.hold(tx, call.row);
  }

  /** The caller is back in the conversation. */
  resume(actor: Actor, code: string): Promise<CallView> {
    return this.change(actor, code, (tx, call) => this.resumeLocked(tx, actor, call));
  }

  private async resumeLocked(tx: Tx, actor: Actor, call: LockedCall): Promise<void> {
    if (call.row.status !== 'on_hold') throw new NotPossibleNow(call.row.status, 'The call is not on hold');
    if (call.row.consult_agent_id) throw new NotPossibleNow(call.row.status, 'Complete or cancel the transfer first');
    await this.ledger.change(tx, actor, call, { kind: 'resumed', cause: 'taken off hold', to: 'in_progress' });
    if (call.row.is_carried) await this.commands.resume(tx, call.row);
  }

  /** Ends a call; how, follows from how far it had come. */
  end(actor: Actor, code: string): Promise<CallView> {
    return this.change(actor, code, (tx, call) => {
      const { status, direction, answered_at } = call.row;
      const to = isFinal(status) ? 'completed' : endStatus(status, direction, answered_at !== null);
      return this.endings.end(tx, actor, call, { to, cause: 'ended by hand' });
    });
  }

  /** What came of the call; also after its end. */
  dispose(actor: Actor, code: string, disposition: string, notes?: string): Promise<CallView> {
    return this.change(actor, code, (tx, call) =>
      this.ledger.change(tx, actor, call, {
        kind: 'disposition',
        cause: `disposed of as ${disposition}`,
        set: { disposition },
        data: { disposition, ...(notes ? { notes } : {}) },
      }),
    );
  }

  /** Keeps a note in the call's history; also after its end. */
  addNote(actor: Actor, code: string, note: string): Promise<CallView> {
    return this.change(actor, code, (tx, call) =>
      this.ledger.change(tx, actor, call, { kind: 'note', cause: 'noted', data: { note } }),
    );
  }

  /** One use case on one call: locks it, refuses a stranger as if it were not there, answers with what it became. */
  async change(actor: Actor, code: string, work: (tx: Tx, call: LockedCall) => Promise<unknown>): Promise<CallView> {
    return this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { code });
      if (!maySeeCall(actor, call.row)) throw new CallNotFound(code);
      await work(tx, call);
      return this.ledger.view(tx, call.row, call.at);
    });
  }
}
