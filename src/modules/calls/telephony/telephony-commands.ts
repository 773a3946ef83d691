import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/database';
import { Notifier } from '../../../platform/database/notifier';
import { newId } from '../../../platform/time/ids';
import type { Call } from '../call.entity';
import type { TelephonyCommand } from './telephony.entity';

/** Rung when something is to be asked of the carrier. */
export const COMMANDED = 'calls_telephony';

/** Writes down what is to be asked of the carrier; `command-runner.ts` asks after the commit. */
@Injectable()
export class TelephonyCommands {
  constructor(private readonly notifier: Notifier) {}

  /** One dial per call, ever (`telephony_command_one_dial`). */
  dial(tx: Tx, call: Call, number: string): Promise<void> {
    return this.write(tx, call.id, 'dial', { number });
  }

  hangUp(tx: Tx, call: Call): Promise<void> {
    return this.write(tx, call.id, 'hang_up', {});
  }

  hold(tx: Tx, call: Call): Promise<void> {
    return this.write(tx, call.id, 'hold', {});
  }

  resume(tx: Tx, call: Call): Promise<void> {
    return this.write(tx, call.id, 'resume', {});
  }

  bridge(tx: Tx, call: Call, agentCode: string): Promise<void> {
    return this.write(tx, call.id, 'bridge', { agent: agentCode });
  }

  /** Something about the call has changed that concerns the carrier: it is to look there as it looks here. */
  settle(tx: Tx, call: Call): Promise<void> {
    return this.write(tx, call.id, 'settle', {});
  }

  private async write(
    tx: Tx,
    callId: string,
    kind: TelephonyCommand['kind'],
    args: Record<string, unknown>,
  ): Promise<void> {
    await tx.rows(
      `insert into telephony_command (id, call_id, kind, args, state, due_at)
       values ($1, $2, $3, $4, 'pending', clock_timestamp())`,
      [newId(), callId, kind, JSON.stringify(args)],
    );
    tx.afterCommit(() => this.notifier.ring(COMMANDED));
  }
}
