import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { Notifier } from '../../../platform/database/notifier';
import { CallEndings } from '../call-endings';
import { CallLedger } from '../call-ledger';
import { COMMANDED, TelephonyCommands } from './telephony-commands';
import type { TelephonyCommand } from './telephony.entity';
import { CarrierBusy, CarrierRefused, type DialledLeg, Telephony } from './telephony.port';

const ACTOR = systemActor('telephony');
const LEASE_SECONDS = 20;
const LOOK_MS = 1000;
const AT_ONCE = 10;
const MOST_ATTEMPTS = 8;

type Claimed = TelephonyCommand & { was: TelephonyCommand['state']; sid: string | null };

/**
 * Asks the carrier what was written down. A command is claimed under a lease before it is sent. A dial whose answer was
 * lost (an error, a process that died) is looked up at the carrier and never sent twice; the rest may be repeated.
 */
@Injectable()
export class CommandRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CommandRunner.name);
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly waits = new Set<NodeJS.Timeout>();
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly notifier: Notifier,
    private readonly ledger: CallLedger,
    private readonly endings: CallEndings,
    private readonly commands: TelephonyCommands,
    private readonly telephony: Telephony,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.stopListening = this.notifier.listen(COMMANDED, () => this.wake());
    this.timer = setInterval(() => this.wake(), LOOK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    for (const wait of this.waits) clearTimeout(wait);
    this.stopListening?.();
    await this.running;
  }

  private wake(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.drain().finally(() => {
      this.running = undefined;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    });
  }

  private async drain(): Promise<void> {
    try {
      for (;;) {
        const claimed = await this.claim();
        await Promise.all(claimed.map((command) => this.run(command)));
        if (claimed.length < AT_ONCE || this.stopped) return;
      }
    } catch (error) {
      this.logger.error(`telephony: ${(error as Error).message}`);
    }
  }

  private claim(): Promise<Claimed[]> {
    return this.database.transaction((tx) =>
      tx.rows<Claimed>(
        `update telephony_command t set state = 'sending', attempts = t.attempts + 1,
                due_at = clock_timestamp() + make_interval(secs => $1)
           from (select id, state as was from telephony_command where due_at <= clock_timestamp()
                  order by due_at limit $2 for update skip locked) old
          where t.id = old.id
         returning t.*, old.was, (select provider_call_sid from call where id = t.call_id) as sid`,
        [LEASE_SECONDS, AT_ONCE],
      ),
    );
  }

  private async run(command: Claimed): Promise<void> {
    try {
      if (command.kind === 'dial') await this.dial(command);
      else await this.repeatable(command);
    } catch (error) {
      if (error instanceof CarrierBusy) await this.notYet(command, error.message);
      else if (error instanceof CarrierRefused) await this.refused(command, error.message);
      else await this.unanswered(command, (error as Error).message);
    }
  }

  private async dial(command: Claimed): Promise<void> {
    const leg =
      command.was === 'pending'
        ? await this.telephony.dial(command.id, String(command.args.number))
        : await this.telephony.findDial(command.id);
    if (!leg) throw new CarrierRefused('the answer was lost, and the carrier knows of no such call');
    await this.dialled(command, leg);
  }

  private async dialled(command: Claimed, leg: DialledLeg): Promise<void> {
    await this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { id: command.call_id });
      await tx.rows(`update telephony_command set state = 'done', due_at = null where id = $1`, [command.id]);
      await this.ledger.change(tx, ACTOR, call, {
        kind: 'dialled',
        cause: 'the carrier has begun the call',
        set: { provider_call_sid: leg.sid },
      });
      // it was ended while it was being dialled
      if (call.row.ended_at) await this.commands.hangUp(tx, call.row);
    });
  }

  private async repeatable(command: Claimed): Promise<void> {
    if (command.sid) {
      if (command.kind === 'hang_up') await this.telephony.hangUp(command.sid);
      if (command.kind === 'hold') await this.telephony.hold(command.sid);
      if (command.kind === 'resume') await this.telephony.resume(command.sid);
      if (command.kind === 'settle') await this.telephony.settle(command.sid);
      if (command.kind === 'bridge') await this.telephony.bridge(command.sid, String(command.args.agent));
    } else if (await this.isBeingDialled(command.call_id)) {
      return this.later(command.id, 1);
    }
    await this.finish(command.id, 'done', null);
  }

  private async isBeingDialled(callId: string): Promise<boolean> {
    return Boolean(
      await this.database.read.one(
        `select 1 from telephony_command where call_id = $1 and kind = 'dial' and state in ('pending', 'sending')`,
        [callId],
      ),
    );
  }

  /** The carrier will not: a call that it will not dial is over; a refused hold or hang-up concerns a leg that has ended. */
  private async refused(command: Claimed, reason: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { id: command.call_id });
      const failed = await tx.one(
        `update telephony_command set state = 'failed', due_at = null, error = $2
          where id = $1 and state = 'sending' returning 1`,
        [command.id, reason.slice(0, 500)],
      );
      // the carrier has told of the leg meanwhile
      if (!failed && command.kind === 'dial') return;
      if (command.kind !== 'dial' || call.row.ended_at) return;
      await this.endings.end(tx, ACTOR, call, { to: 'failed', cause: `not dialled: ${reason}`, byCarrier: true });
    });
  }

  /** Nobody knows whether it was done: a dial is looked up soon, the rest is asked again. */
  private async unanswered(command: Claimed, reason: string): Promise<void> {
    this.logger.warn({ command: command.id, kind: command.kind }, `carrier did not answer: ${reason}`);
    if (command.attempts >= MOST_ATTEMPTS) return this.refused(command, reason);
    await this.later(command.id, Math.min(30, 0.5 * 2 ** (command.attempts - 1)));
  }

  /** Nothing was done: it is as if it had not been asked. */
  private async notYet(command: Claimed, reason: string): Promise<void> {
    if (command.attempts >= MOST_ATTEMPTS) return this.refused(command, reason);
    await this.database.transaction((tx) =>
      tx.rows(
        `update telephony_command set state = $2, due_at = clock_timestamp() + make_interval(secs => $3)
          where id = $1 and state = 'sending'`,
        [command.id, command.was, Math.min(30, 2 ** (command.attempts - 1))],
      ),
    );
  }

  private async later(id: string, seconds: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.rows(
        `update telephony_command set due_at = clock_timestamp() + make_interval(secs => $2)
          where id = $1 and state = 'sending'`,
        [id, seconds],
      );
    });
    const timer = setTimeout(() => {
      this.waits.delete(timer);
      this.wake();
    }, seconds * 1000);
    this.waits.add(timer);
  }

  private finish(id: string, state: 'done' | 'failed', error: string | null): Promise<void> {
    return this.database.transaction(async (tx) => {
      await tx.rows('update telephony_command set state = $2, error = $3, due_at = null where id = $1', [
        id,
        state,
        error,
      ]);
    });
  }
}
