import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Tx } from '../../../platform/database/database';
import { CallLedger, type LockedCall } from '../call-ledger';
import type { CallView } from '../call.view';
import { NoAgentProfile, NoWrapUp, OfferNotFound, OfferOver } from '../calls.errors';
import { AgentDesks } from './agent-desks';
import { DueBell } from './due-bell';
import { Offers } from './offers';
import type { CallOffer } from './queue.entity';

/** What an agent answers: to a call offered to him, and to the clock of his wrap-up. */
@Injectable()
export class AnswersService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly desks: AgentDesks,
    private readonly offers: Offers,
    private readonly bell: DueBell,
  ) {}

  /** Takes the call that is offered to the asking agent; asking again is no error. */
  accept(actor: Actor, code: string): Promise<CallView> {
    return this.answer(actor, code, async (tx, call, offer, agentId) => {
      await this.offers.accept(tx, actor, call, offer, await this.desks.lock(tx, { id: agentId }));
    });
  }

  /** Passes the call on to somebody else; it keeps its place. */
  reject(actor: Actor, code: string): Promise<CallView> {
    return this.answer(actor, code, (tx, call, offer) => this.offers.pass(tx, actor, call, offer, 'rejected'));
  }

  private answer(
    actor: Actor,
    code: string,
    work: (tx: Tx, call: LockedCall, offer: CallOffer, agentId: string) => Promise<void>,
  ): Promise<CallView> {
    const agentId = actor.agent?.id;
    if (!agentId) throw new NoAgentProfile();
    return this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { code });
      const offer = await this.offers.live(tx, call.row.id);
      if (offer?.agent_id === agentId) await work(tx, call, offer, agentId);
      else await this.explain(tx, call, agentId);
      return this.ledger.view(tx, call.row, call.at);
    });
  }

  /** There is no live offer for him: he has the call, his offer is over, or he never had one. */
  private async explain(tx: Tx, call: LockedCall, agentId: string): Promise<void> {
    if (!call.row.ended_at && call.row.assigned_agent_id === agentId) return;
    const last = await tx.one<Pick<CallOffer, 'state'>>(
      'select state from call_offer where call_id = $1 and agent_id = $2 order by offered_at desc limit 1',
      [call.row.id, agentId],
    );
    if (!last) throw new OfferNotFound('This call is not offered to you');
    throw new OfferOver(`The offer is over: ${last.state}`);
  }

  /** One more wrap-up time for the asking agent, once per call. Returns when it ends. */
  extendWrapUp(actor: Actor): Promise<Date> {
    const agentId = actor.agent?.id;
    if (!agentId) throw new NoAgentProfile();
    const seconds = this.config.calls.wrapUpSeconds;
    return this.database.transaction(async (tx) => {
      const agent = await this.desks.lock(tx, { id: agentId });
      const row = await tx.one<{ wrap_up_due_at: Date }>(
        `update agent_desk set wrap_up_due_at = wrap_up_due_at + make_interval(secs => $2), wrap_up_extended = true
          where agent_id = $1 and wrap_up_due_at is not null and not wrap_up_extended returning wrap_up_due_at`,
        [agentId, seconds],
      );
      if (!row || agent.status !== 'wrap_up') {
        throw new NoWrapUp('You are not in wrap-up, or have extended it already');
      }
      tx.afterCommit(() => this.bell.due(seconds * 1000));
      return row.wrap_up_due_at;
    });
  }
}
