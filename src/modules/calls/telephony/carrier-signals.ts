import { Injectable } from '@nestjs/common';
import { type MachineActor } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { CallEndings } from '../call-endings';
import { CallLedger, durationColumns, type LockedCall } from '../call-ledger';
import { durations, splitLate } from '../call-intervals';
import type { FinalStatus } from '../call-state';
import { Offers } from '../queue/offers';
import { type CarrierFacts, carrierState, learn } from './carrier-facts';
import type { TelephonySignal } from './telephony.port';

/**
 * What a carrier tells, obeyed: the call goes forward by it and never back. Signals may come late, twice and in any
 * order; what is known in the end, and so the call, is the same.
 */
@Injectable()
export class CarrierSignals {
  constructor(
    private readonly ledger: CallLedger,
    private readonly endings: CallEndings,
    private readonly offers: Offers,
  ) {}

  /** Obeys one signal in the caller's transaction. Throws CallNotFound for a leg that is no call of ours (yet). */
  async obey(tx: Tx, actor: MachineActor, signal: TelephonySignal): Promise<void> {
    const call = await this.ledger.lock(tx, { sid: signal.provider_call_sid });
    const facts = learn(call.row.carrier_facts, signal);
    if (facts === call.row.carrier_facts) return;
    await tx.rows('update call set carrier_facts = $2 where id = $1', [call.row.id, JSON.stringify(facts)]);
    call.row.carrier_facts = facts;
    const told = new Date(Math.min(signal.at.getTime(), call.at.getTime()));
    if (call.row.ended_at) return this.learnLate(tx, call, signal, told);
    // what the carrier says happened then, happened then, unless we have changed the call since
    call.at = told > call.row.changed_at ? told : call.row.changed_at;
    await this.follow(tx, actor, call, signal, facts, told);
  }

  private async follow(
    tx: Tx,
    actor: MachineActor,
    call: LockedCall,
    signal: TelephonySignal,
    facts: CarrierFacts,
    told: Date,
  ): Promise<void> {
    const state = carrierState(facts);
    const { status, assigned_agent_id: agentId } = call.row;
    if (state !== 'initiated' && state !== 'ringing' && state !== 'answered') {
      const to = this.ending(call, state);
      return this.endings.end(tx, actor, call, { to, cause: `carrier: ${state}`, byCarrier: true });
    }
    const mayConnect = agentId !== null && ['initiated', 'ringing', 'transferred'].includes(status);
    if (mayConnect && (signal.kind === 'bridged' || signal.kind === 'answered')) {
      return this.offers.connect(tx, actor, call, agentId, `carrier: ${signal.kind}`);
    }
    if (signal.kind !== 'ringing') return;
    if (status === 'initiated') {
      return this.ledger.change(tx, actor, call, {
        kind: 'rings',
        cause: 'carrier: ringing',
        to: 'ringing',
        ringsAt: agentId,
      });
    }
    await this.rewrite(tx, call, 'ring', told);
  }

  /** An ending by the carrier, in our words: who was answered has talked; who hangs up while waiting has given up. */
  private ending(call: LockedCall, state: FinalStatus | 'completed'): FinalStatus {
    const { answered_at, direction, status } = call.row;
    if (answered_at) return 'completed';
    if (state !== 'completed') return state;
    const isWaiting = status === 'in_queue' || status === 'ringing';
    return direction === 'inbound' && isWaiting ? 'abandoned' : 'completed';
  }

  /** A call that is over learns only what it had been. */
  private async learnLate(tx: Tx, call: LockedCall, signal: TelephonySignal, told: Date): Promise<void> {
    const { row } = call;
    if (signal.kind === 'ringing') await this.rewrite(tx, call, 'ring', told);
    const wasTalk = signal.kind === 'answered' && row.status === 'completed' && row.direction === 'outbound';
    if (!wasTalk || row.answered_at) return;
    await tx.rows('update call set answered_at = $2 where id = $1', [row.id, told]);
    await this.rewrite(tx, call, 'talk', told);
  }

  /** Writes the intervals as they would be had the carrier told in time. */
  private async rewrite(tx: Tx, call: LockedCall, kind: 'ring' | 'talk', told: Date): Promise<void> {
    const known = await this.ledger.intervals(tx, call.row.id);
    // a number that rings is neither waited for nor talked to before; only what was taken for set-up can have been ringing
    const affected = known.filter(
      (interval) => interval.kind === 'setup' || (kind === 'talk' && interval.kind === 'ring'),
    );
    const rewritten = splitLate(affected, kind, told);
    if (rewritten.length === affected.length) return;
    const all = [...known.filter((interval) => !affected.includes(interval)), ...rewritten].sort(
      (a, b) => a.start.getTime() - b.start.getTime(),
    );
    await tx.rows('delete from call_interval where call_id = $1', [call.row.id]);
    for (const { kind: as, start, end, agentId } of all) {
      await tx.rows(
        `insert into call_interval (id, call_id, kind, agent_id, started_at, ended_at) values ($1, $2, $3, $4, $5, $6)`,
        [newId(), call.row.id, as, agentId, start, end],
      );
    }
    if (!call.row.ended_at) return;
    const columns = Object.entries(durationColumns(durations(all, call.row.ended_at)));
    await tx.rows(`update call set ${columns.map(([column], n) => `${column} = $${n + 2}`).join(', ')} where id = $1`, [
      call.row.id,
      ...columns.map(([, seconds]) => seconds),
    ]);
  }
}
