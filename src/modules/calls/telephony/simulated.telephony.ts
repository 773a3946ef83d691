import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { MachineActor } from '../../../platform/access/actor';
import { Database } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { CallNotFound } from '../calls.errors';
import { DueBell } from '../queue/due-bell';
import { DueSweeper } from '../queue/due-sweeper';
import { CarrierSignals } from './carrier-signals';
import type { SimulatedLeg } from './telephony.entity';
import { CarrierRefused, type DialledLeg, type SignalKind, Telephony } from './telephony.port';

const ACTOR: MachineActor = { kind: 'provider', id: 'simulated', role: 'system' };

type Script = SimulatedLeg['script'];

const script = (...steps: [kind: SignalKind, afterMs: number, sequence: number][]): Script =>
  steps.map(([kind, after_ms, sequence]) => ({ kind, after_ms, sequence }));

/**
 * What becomes of a number, by its last two digits, the same every time. Any other is answered after a second and hangs
 * up after a minute.
 */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  '01': script(['busy', 300, 1]),
  '02': script(['ringing', 200, 1], ['no_answer', 1500, 2]),
  '03': script(['failed', 200, 1]),
  '04': script(['ringing', 200, 1], ['answered', 500, 2], ['completed', 1500, 3]),
  // 05 is refused, 06 is dialled but the answer is lost, 07 is lost without having been dialled
  '06': script(['ringing', 200, 1], ['answered', 500, 2], ['completed', 60_000, 3]),
  // out of order and doubled
  '08': script(
    ['answered', 200, 2],
    ['ringing', 300, 1],
    ['answered', 350, 2],
    ['completed', 900, 3],
    ['ringing', 950, 1],
  ),
  // rings and rings
  '09': script(['ringing', 200, 1]),
};
const USUAL = script(['ringing', 300, 1], ['answered', 1000, 2], ['completed', 61_000, 3]);

/**
 * A telephone company that is not there: calls really ring, are answered and end, as their numbers say. Its legs are
 * rows, so that they outlive the process that dialled them. Never used in production.
 */
@Injectable()
export class SimulatedTelephony extends Telephony implements OnModuleInit {
  readonly isConfigured = true;

  constructor(
    private readonly database: Database,
    private readonly sweeper: DueSweeper,
    private readonly signals: CarrierSignals,
    private readonly bell: DueBell,
  ) {
    super();
  }

  onModuleInit(): void {
    this.sweeper.register({
      name: 'simulated carrier',
      sql: 'select id, due_at as at from simulated_leg where due_at is not null',
      handle: (id) => this.speak(id),
    });
  }

  async dial(commandId: string, number: string): Promise<DialledLeg> {
    const ending = number.slice(-2);
    if (ending === '05') throw new CarrierRefused('the number is not in service');
    if (ending === '07') throw new Error('simulated time-out');
    const sid = `SIM${randomBytes(16).toString('hex')}`;
    const steps = SCRIPTS[ending] ?? USUAL;
    await this.database.transaction(async (tx) => {
      await tx.rows(
        `insert into simulated_leg (id, sid, command_id, number, script, began_at, due_at)
         values ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp() + make_interval(secs => $6))
         on conflict (command_id) do nothing`,
        [newId(), sid, commandId, number, JSON.stringify(steps), (steps[0]?.after_ms ?? 0) / 1000],
      );
      tx.afterCommit(() => this.bell.due(steps[0]?.after_ms ?? 0));
    });
    if (ending === '06') throw new Error('simulated loss of the answer');
    return { sid };
  }

  async findDial(commandId: string): Promise<DialledLeg | undefined> {
    return this.database.read.one<DialledLeg>('select sid from simulated_leg where command_id = $1', [commandId]);
  }

  hangUp(sid: string): Promise<void> {
    return this.next(sid, 'completed');
  }

  async hold(): Promise<void> {
    // nobody to hear the music
  }

  async resume(): Promise<void> {
    // nobody to hear it end
  }

  bridge(sid: string): Promise<void> {
    return this.next(sid, 'bridged');
  }

  async settle(): Promise<void> {
    // nobody else is there
  }

  /** The leg says this next; after a hang-up it says nothing more. */
  private async next(sid: string, kind: SignalKind): Promise<void> {
    await this.database.transaction(async (tx) => {
      const leg = await tx.one<SimulatedLeg & { elapsed: number }>(
        `select *, (extract(epoch from clock_timestamp() - began_at) * 1000)::int as elapsed
           from simulated_leg where sid = $1 for update`,
        [sid],
      );
      if (!leg) throw new CarrierRefused('no such leg');
      const sequence = Math.max(9, ...leg.script.map((step) => step.sequence)) + 1;
      const step = { kind, after_ms: leg.elapsed, sequence };
      await tx.rows('update simulated_leg set script = $2, due_at = clock_timestamp() where id = $1', [
        leg.id,
        JSON.stringify(kind === 'completed' ? [step] : [step, ...leg.script]),
      ]);
      tx.afterCommit(() => this.bell.due(0));
    });
  }

  /** Tells the next thing of a leg, in one transaction with the call it concerns. */
  private async speak(id: string): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        const leg = await tx.one<SimulatedLeg>(
          'select * from simulated_leg where id = $1 and due_at <= clock_timestamp() for update skip locked',
          [id],
        );
        const [step, ...rest] = leg?.script ?? [];
        if (!leg || !step) return;
        const next = rest[0];
        await tx.rows(
          `update simulated_leg set script = $2, due_at = began_at + make_interval(secs => $3) where id = $1`,
          [id, JSON.stringify(rest), next ? next.after_ms / 1000 : null],
        );
        await this.signals.obey(tx, ACTOR, {
          provider_call_sid: leg.sid,
          sequence: step.sequence,
          kind: step.kind as SignalKind,
          at: new Date(leg.began_at.getTime() + step.after_ms),
        });
      });
    } catch (error) {
      if (!(error instanceof CallNotFound)) throw error;
      // whoever dialled has not written the sid down yet
      await this.database.transaction(async (tx) => {
        await tx.rows(
          `update simulated_leg set due_at = clock_timestamp() + interval '200 milliseconds' where id = $1`,
          [id],
        );
        tx.afterCommit(() => this.bell.due(200));
      });
    }
  }
}
