import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../../platform/access/actor';
import type { Reader, Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import type { CallbackRecord } from './callback.view';
import type { CallbackStatus } from './lead-callback.entity';

/** A callback with the names of its lead and agent: the head of every statement that reads callbacks. */
export const CALLBACK_SELECT = `select b.*, l.number as lead_number, l.full_name as lead_name,
    coalesce(l.phone_e164, l.phone) as lead_phone, a.code as agent_code, a.name as agent_name
  from lead_callback b join lead l on l.id = b.lead_id left join agent a on a.id = b.agent_id`;

/** What can change about a callback. */
export interface CallbackValues {
  agent_id: string | null;
  due_at: Date;
  note: string | null;
  status: CallbackStatus;
}

/** The statements that write callbacks. */
@Injectable()
export class CallbackRepository {
  /** A callback that a person asks for; returns its id. */
  async insert(tx: Tx, actor: Actor, leadId: string, values: Omit<CallbackValues, 'status'>): Promise<string> {
    const id = newId();
    await tx.rows(
      `insert into lead_callback (id, lead_id, agent_id, due_at, note, source, created_by)
       values ($1, $2, $3, $4, $5, 'person', $6)`,
      [id, leadId, values.agent_id, values.due_at, values.note, snapshot(actor)],
    );
    return id;
  }

  /** The one pending callback the dialer keeps of a lead: made, or moved to this time. */
  async keepDialerCallback(
    tx: Tx,
    actor: Actor,
    leadId: string,
    agentId: string,
    dueAt: Date,
    note: string | null,
  ): Promise<void> {
    await tx.rows(
      `insert into lead_callback (id, lead_id, agent_id, due_at, note, source, created_by)
       select $1::uuid, $2::uuid, $3::uuid, $4::timestamptz, $5::text, 'dialer', $6::jsonb
        where not exists (
          -- sent again after it was done: not promised anew
          select 1 from lead_callback where lead_id = $2 and source = 'dialer' and due_at = $4 and status <> 'pending')
       on conflict (lead_id) where source = 'dialer' and status = 'pending'
       do update set due_at = excluded.due_at, note = coalesce(excluded.note, lead_callback.note), updated_at = now()
        where lead_callback.due_at <> excluded.due_at or excluded.note is distinct from lead_callback.note`,
      [newId(), leadId, agentId, dueAt, note, snapshot(actor)],
    );
  }

  /** Writes a locked callback. Closing it keeps the time; opening it again forgets it. */
  async update(tx: Tx, id: string, values: CallbackValues): Promise<void> {
    await tx.rows(
      `update lead_callback set agent_id = $2, due_at = $3, note = $4, status = $5, updated_at = now(),
         closed_at = case when $5 = 'pending' then null else coalesce(closed_at, now()) end
        where id = $1`,
      [id, values.agent_id, values.due_at, values.note, values.status],
    );
  }

  lock(tx: Tx, id: string): Promise<CallbackRecord | undefined> {
    return tx.one<CallbackRecord>(`${CALLBACK_SELECT} where b.id = $1 for update of b`, [id]);
  }

  byId(reader: Reader, id: string): Promise<CallbackRecord | undefined> {
    return reader.one<CallbackRecord>(`${CALLBACK_SELECT} where b.id = $1`, [id]);
  }
}
