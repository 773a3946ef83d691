import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import type { Tx } from '../../platform/database/database';
import { CallLedger, type LockedCall } from './call-ledger';
import type { FinalStatus } from './call-state';
import { transcriptAvailable } from './calls.events';
import type { Outcome } from './metrics/service-level';
import { AgentDesks } from './queue/agent-desks';
import { Offers } from './queue/offers';
import { WaitingLine } from './queue/waiting-line';
import { TelephonyCommands } from './telephony/telephony-commands';

/** How a call ends, whoever ends it. */
export interface Ending {
  to: FinalStatus;
  cause: string;
  /** How its wait in a queue came out, if it still waits. */
  outcome?: Outcome;
  /** The carrier said so: there is nothing to hang up. */
  byCarrier?: boolean;
}

/** The end of a call: everything that has to do with it is let go in the same transaction. */
@Injectable()
export class CallEndings {
  constructor(
    private readonly config: Config,
    private readonly ledger: CallLedger,
    private readonly offers: Offers,
    private readonly line: WaitingLine,
    private readonly desks: AgentDesks,
    private readonly commands: TelephonyCommands,
  ) {}

  /** Ends a locked call: offer withdrawn, queue left, agents freed (into wrap-up if they talked), transcript closed. */
  async end(tx: Tx, actor: Actor, call: LockedCall, ending: Ending): Promise<void> {
    this.ledger.requireLegal(call, ending.to);
    const { assigned_agent_id: talker, answered_at } = call.row;
    await this.offers.withdraw(tx, call);
    await this.line.leave(tx, call.row.id, ending.outcome ?? outcomeOf(ending.to), call.at);
    const agents = await this.desks.release(tx, call.row.id);
    await this.ledger.change(tx, actor, call, { kind: 'ended', cause: ending.cause, to: ending.to });
    for (const agentId of agents) {
      const talked = answered_at !== null && agentId === talker;
      await this.desks.settle(tx, actor, agentId, call.at, talked ? call.row.id : undefined);
    }
    await this.closeTranscript(tx, actor, call);
    if (call.row.is_carried && !ending.byCarrier) await this.commands.hangUp(tx, call.row);
  }

  private async closeTranscript(tx: Tx, actor: Actor, call: LockedCall): Promise<void> {
    const closed = await tx.one<{ last_sequence: number }>(
      `update transcript set closed_at = $2 where call_id = $1 and closed_at is null returning last_sequence`,
      [call.row.id, call.at],
    );
    if (!closed) return;
    this.ledger.tell(tx, actor, call.row, transcriptAvailable, {
      call_id: call.row.code,
      messages: closed.last_sequence,
      link: `${this.config.server.appBaseUrl}/api/transcripts/${call.row.code}`,
    });
  }
}

const outcomeOf = (to: FinalStatus): Outcome => (to === 'voicemail' ? 'overflow' : 'abandoned');
