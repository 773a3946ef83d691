import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { CallLedger, type LockedCall } from '../call-ledger';
import { DueBell } from '../queue/due-bell';

/** What is promised. */
export interface Promised {
  department: string;
  dueAt: Date;
  note?: string | null;
}

/** Promises to ring back that come out of a call. */
@Injectable()
export class Callbacks {
  constructor(
    private readonly ledger: CallLedger,
    private readonly bell: DueBell,
  ) {}

  /** Writes the promise down; a call has one open promise, and a second takes the place of the first. */
  async promise(tx: Tx, actor: Actor, call: LockedCall, promised: Promised): Promise<string> {
    const { row } = call;
    await tx.rows(
      `update call_callback set state = 'canceled', updated_at = now() where call_id = $1 and state = 'scheduled'`,
      [row.id],
    );
    const id = newId();
    await tx.rows(
      `insert into call_callback (id, call_id, phone_number, phone_e164, customer_name, department, due_at, state,
         owner_user_id, note) values ($1, $2, $3, $4, $5, $6, $7, 'scheduled', $8, $9)`,
      [
        id,
        row.id,
        row.phone_number,
        row.phone_e164,
        row.customer_name,
        promised.department,
        promised.dueAt,
        row.owner_user_id,
        promised.note ?? null,
      ],
    );
    await this.ledger.note(tx, actor, row, call.at, row.status, row.status, {
      kind: 'callback_promised',
      cause: promised.note ?? 'asked for',
      data: { callback_id: id, due_at: promised.dueAt.toISOString(), department: promised.department },
    });
    tx.afterCommit(() => this.bell.due(promised.dueAt.getTime() - Date.now()));
    return id;
  }
}
