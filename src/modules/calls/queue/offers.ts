import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import type { Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import type { AgentRow } from '../../agents';
import { CallLedger, type LockedCall } from '../call-ledger';
import { TelephonyCommands } from '../telephony/telephony-commands';
import { AgentDesks } from './agent-desks';
import { Departments } from './departments';
import type { Reason } from './distribution-choice';
import { DueBell } from './due-bell';
import type { CallOffer } from './queue.entity';
import { WaitingLine } from './waiting-line';

/** What an agent is told of a call that is offered to him. */
export interface OfferNotice {
  offer_id: string;
  agent_id: string;
  expires_at: string;
  purpose: CallOffer['purpose'];
}

/** Offers of calls to agents: made, taken, let pass. Every method runs with the call locked. */
@Injectable()
export class Offers {
  constructor(
    private readonly config: Config,
    private readonly ledger: CallLedger,
    private readonly desks: AgentDesks,
    private readonly line: WaitingLine,
    private readonly departments: Departments,
    private readonly commands: TelephonyCommands,
    private readonly bell: DueBell,
  ) {}

  /**
   * Offers a call to an agent whose row is locked: takes one of his hands, writes the offer, and lets the call ring (a
   * transferred one stays transferred, one that is consulted about stays on hold).
   */
  async make(
    tx: Tx,
    actor: Actor,
    call: LockedCall,
    agent: AgentRow,
    about: { purpose: CallOffer['purpose']; why?: Reason; cause: string },
  ): Promise<OfferNotice> {
    const id = newId();
    const seconds = this.config.calls.offerTimeoutSeconds;
    const expires = new Date(call.at.getTime() + seconds * 1000);
    await this.desks.claim(tx, agent, call.row.id, about.purpose === 'consult' ? 'consult' : 'main');
    await tx.rows(
      `with entry as (
         update queue_entry set state = 'offered' where call_id = $2 and state = 'waiting' and $4 <> 'consult'
         returning id)
       insert into call_offer (id, call_id, agent_id, entry_id, purpose, state, offered_at, expires_at, why)
       values ($1, $2, $3, (select id from entry), $4, 'live', $5, $6, $7)`,
      [id, call.row.id, agent.id, about.purpose, call.at, expires, about.why ? JSON.stringify(about.why) : null],
    );
    await this.desks.asked(tx, actor, agent, call.at);
    const notice: OfferNotice = {
      offer_id: id,
      agent_id: agent.code,
      expires_at: expires.toISOString(),
      purpose: about.purpose,
    };
    await this.ledger.change(tx, actor, call, {
      kind: 'offered',
      cause: about.cause,
      to: call.row.status === 'in_queue' ? 'ringing' : undefined,
      set: about.purpose === 'consult' ? { consult_agent_id: agent.id } : {},
      ringsAt: about.purpose === 'consult' ? null : agent.id,
      data: { offer: notice, ...(about.why ? { why: about.why } : {}) },
      alsoTell: [agent.user_id],
    });
    tx.afterCommit(() => this.bell.due(seconds * 1000));
    return notice;
  }

  /**
   * A warm transfer is completed before the colleague has answered: what was a question to him is now the call itself.
   * It waits for him in the queue, so that it goes on to others should he not take it.
   */
  async consultBecomesTransfer(
    tx: Tx,
    actor: Actor,
    call: LockedCall,
    offer: CallOffer,
    agent: AgentRow,
  ): Promise<void> {
    const department = call.row.department ?? agent.departments[0] ?? this.departments.first;
    await tx.rows(`update call_offer set purpose = 'transfer' where id = $1`, [offer.id]);
    await this.line.waitFor(tx, call, department, agent.id);
    await this.ledger.change(tx, actor, call, {
      kind: 'transferred',
      cause: `handed to ${agent.code}`,
      to: 'transferred',
      set: { assigned_agent_id: null, consult_agent_id: null, department, queued_at: call.row.queued_at ?? call.at },
      ringsAt: agent.id,
      alsoTell: [agent.user_id],
    });
  }

  /** The live offer of a call, its row locked; undefined when there is none. */
  live(tx: Tx, callId: string): Promise<CallOffer | undefined> {
    return tx.one<CallOffer>(`select * from call_offer where call_id = $1 and state = 'live' for update`, [callId]);
  }

  /** The agent, whose row is locked, takes the call: it connects at once, or as soon as the carrier has done so. */
  async accept(tx: Tx, actor: Actor, call: LockedCall, offer: CallOffer, agent: AgentRow): Promise<void> {
    await this.resolve(tx, offer.id, 'accepted', call.at);
    await this.desks.attentive(tx, agent.id);
    await this.desks.onCall(tx, actor, agent);
    if (offer.purpose === 'consult') {
      await this.ledger.change(tx, actor, call, {
        kind: 'consult_accepted',
        cause: `${agent.code} is in consultation`,
        data: { consult_agent_id: agent.code, consult: 'accepted' },
        alsoTell: [agent.user_id],
      });
      if (call.row.is_carried) await this.commands.settle(tx, call.row);
      return;
    }
    if (call.row.is_carried) await this.awaitConnection(tx, actor, call, agent);
    else await this.connect(tx, actor, call, agent.id, `accepted by ${agent.code}`);
  }

  /** The carrier has to bring them together; if it does not in time, the call goes back to the queue. */
  private async awaitConnection(tx: Tx, actor: Actor, call: LockedCall, agent: AgentRow): Promise<void> {
    const seconds = this.config.calls.connectTimeoutSeconds;
    await this.ledger.change(tx, actor, call, {
      kind: 'accepted',
      cause: `accepted by ${agent.code}`,
      set: { assigned_agent_id: agent.id, connect_due_at: new Date(call.at.getTime() + seconds * 1000) },
      ringsAt: agent.id,
    });
    tx.afterCommit(() => this.bell.due(seconds * 1000));
    if (call.row.provider_call_sid) await this.commands.bridge(tx, call.row, agent.code);
    else await this.commands.dial(tx, call.row, call.row.phone_e164 ?? call.row.phone_number);
  }

  /** Caller and agent talk. */
  async connect(tx: Tx, actor: Actor, call: LockedCall, agentId: string | null, cause: string): Promise<void> {
    await this.line.leave(tx, call.row.id, 'answered', call.at);
    await this.ledger.change(tx, actor, call, {
      kind: 'connected',
      cause,
      to: 'in_progress',
      set: {
        answered_at: call.row.answered_at ?? call.at,
        connect_due_at: null,
        ...(agentId ? { assigned_agent_id: agentId } : {}),
      },
    });
  }

  /** The agent does not take it: back to the head of the queue with its original time, for somebody else first. */
  async pass(tx: Tx, actor: Actor, call: LockedCall, offer: CallOffer, as: 'rejected' | 'missed'): Promise<void> {
    await this.resolve(tx, offer.id, as, call.at);
    await this.desks.release(tx, call.row.id, offer.purpose === 'consult' ? 'consult' : 'main');
    if (as === 'missed') await this.desks.missed(tx, actor, offer.agent_id, call.at);
    else {
      await this.desks.attentive(tx, offer.agent_id);
      await this.desks.settle(tx, actor, offer.agent_id, call.at);
    }
    if (offer.purpose === 'consult') {
      await this.ledger.change(tx, actor, call, {
        kind: `consult_${as}`,
        cause: `the colleague asked has ${as} it`,
        set: { consult_agent_id: null },
        data: { consult: as },
      });
      return;
    }
    await this.backToQueue(tx, actor, call, offer.agent_id, `offer ${as}`);
  }

  /** The call waits again in its place. A call for one agent alone may now be had by everybody. */
  async backToQueue(tx: Tx, actor: Actor, call: LockedCall, passedBy: string, cause: string): Promise<void> {
    const entry = await tx.one<{ department: string; was_for_one: boolean }>(
      `update queue_entry e set state = 'waiting', only_agent_id = null, declined_by = array_append(e.declined_by, $2::uuid)
         from queue_entry old
        where e.call_id = $1 and e.state <> 'left' and old.id = e.id
       returning e.department, old.only_agent_id is not null as was_for_one`,
      [call.row.id, passedBy],
    );
    if (!entry) throw new Error(`call ${call.row.code} rings but waits in no queue`);
    const stays = call.row.status === 'transferred' && !entry.was_for_one;
    await this.ledger.change(tx, actor, call, {
      kind: 'returned',
      cause,
      to: stays ? undefined : 'in_queue',
      set: { assigned_agent_id: null, connect_due_at: null },
      data: { offer: null },
    });
    if (call.row.is_carried && call.row.provider_call_sid) await this.commands.settle(tx, call.row);
    tx.afterCommit(() => this.bell.callWaits(entry.department));
  }

  /** Takes back the live offer of a call that goes elsewhere; the agent is let go by whoever calls this. */
  async withdraw(tx: Tx, call: LockedCall): Promise<void> {
    if (!call.row.has_live_offer) return;
    await tx.rows(`update call_offer set state = 'withdrawn', resolved_at = $2 where call_id = $1 and state = 'live'`, [
      call.row.id,
      call.at,
    ]);
  }

  private async resolve(tx: Tx, id: string, state: CallOffer['state'], at: Date): Promise<void> {
    await tx.rows(`update call_offer set state = $2, resolved_at = $3 where id = $1`, [id, state, at]);
  }
}
