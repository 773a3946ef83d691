import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../access/actor';
import type { Tx } from '../database/database';
import { currentRequestId } from '../http/request-context';
import { newId } from '../time/ids';

/** Keeps who did what with power, in the transaction in which it was done. */
@Injectable()
export class Audit {
  /** Adds one entry. `details` says what changed, from what to what; never a secret. */
  async record(
    tx: Tx,
    actor: Actor,
    action: string,
    object: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await tx.rows(
      `insert into audit_entry (id, actor, action, object, details, request_id) values ($1, $2, $3, $4, $5, $6)`,
      [newId(), JSON.stringify(snapshot(actor)), action, object, JSON.stringify(details), currentRequestId() ?? null],
    );
  }
}
