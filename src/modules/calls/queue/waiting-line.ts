import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { CallLedger, type LockedCall } from '../call-ledger';
import type { FinalStatus } from '../call-state';
import { NotPossibleNow } from '../calls.errors';
import { callRouted } from '../calls.events';
import { Callbacks } from '../callbacks/callbacks';
import type { Outcome } from '../metrics/service-level';
import { Departments, hoursOf } from './departments';
import { DueBell } from './due-bell';
import { isOpen, nextOpening } from './opening-hours';
import type { DepartmentSetting, QueueEntry } from './queue.entity';

/** A caller who gave up and rings again within so many seconds gets his place back. */
export const REJOIN_SECONDS = 60;

/** Where a call is to wait, and for whom. */
export interface Wait {
  department: string;
  cause: string;
  /** `transferred` for a call that an agent handed on; it stays that until somebody answers. */
  status: 'in_queue' | 'transferred';
  /** Asked of this agent alone. */
  onlyAgentId?: string | null;
}

/** How a call that could not wait goes on. */
export type Overflowed = { to: FinalStatus; cause: string };

/** The waiting line of each department: who comes into it, in which place, and how he leaves it. */
@Injectable()
export class WaitingLine {
  constructor(
    private readonly ledger: CallLedger,
    private readonly departments: Departments,
    private readonly callbacks: Callbacks,
    private readonly bell: DueBell,
  ) {}

  /**
   * Puts a locked call into a department's queue. Where that is closed or full, what the department says happens: the call
   * waits in another, or is to end as the answer says (`Overflowed`), which the caller of this does.
   */
  async join(tx: Tx, actor: Actor, call: LockedCall, wait: Wait): Promise<Overflowed | undefined> {
    if (wait.status !== call.row.status) this.ledger.requireLegal(call, wait.status);
    const visited = new Set<string>();
    for (let department = wait.department; ;) {
      visited.add(department);
      const setting = await this.departments.setting(tx, department);
      const refusal = wait.onlyAgentId ? undefined : await this.refusal(tx, setting, call.at);
      if (!refusal) {
        await this.enter(tx, actor, call, { ...wait, department }, setting);
        return undefined;
      }
      // somebody who is talking keeps his agent rather than being sent to a machine
      if (call.row.answered_at) throw new NotPossibleNow(call.row.status, `${department} is ${refusal} at present`);
      await this.recordPassing(tx, call, setting);
      const next = setting.overflow_department;
      if (setting.overflow === 'department' && next && !visited.has(next)) {
        department = next;
        continue;
      }
      return this.overflow(tx, actor, call, setting, refusal);
    }
  }

  private async refusal(tx: Tx, setting: DepartmentSetting, at: Date): Promise<'closed' | 'full' | undefined> {
    if (!isOpen(hoursOf(setting), at)) return 'closed';
    if (setting.max_queue_length === null) return undefined;
    const row = await tx.one<{ waiting: number }>(
      `select count(*) as waiting from (select 1 from queue_entry where department = $1 and state <> 'left' limit $2) w`,
      [setting.name, setting.max_queue_length],
    );
    return (row?.waiting ?? 0) >= setting.max_queue_length ? 'full' : undefined;
  }

  private async enter(tx: Tx, actor: Actor, call: LockedCall, wait: Wait, setting: DepartmentSetting): Promise<void> {
    const { row, at } = call;
    const previous = row.department;
    const queuedAt = row.queued_at ?? (await this.formerPlace(tx, call, wait.department)) ?? at;
    const overflowDue = setting.max_wait_seconds ? new Date(at.getTime() + setting.max_wait_seconds * 1000) : null;
    if (row.queued_at) await this.leave(tx, row.id, 'overflow', at);
    await this.insert(tx, call, wait.department, queuedAt, { onlyAgentId: wait.onlyAgentId, overflowDue });
    await this.ledger.change(tx, actor, call, {
      kind: 'queued',
      cause: wait.cause,
      to: wait.status,
      set: {
        department: wait.department,
        queued_at: queuedAt,
        assigned_agent_id: null,
        consult_agent_id: null,
        connect_due_at: null,
        required_skills: row.required_skills,
        preferred_skills: row.preferred_skills,
      },
    });
    if (previous !== wait.department) {
      this.ledger.tell(tx, actor, call.row, callRouted, {
        call_id: call.row.code,
        department: wait.department,
        previous_department: previous,
      });
    }
    tx.afterCommit(() => this.bell.callWaits(wait.department));
    if (setting.max_wait_seconds) {
      const seconds = setting.max_wait_seconds;
      tx.afterCommit(() => this.bell.due(seconds * 1000));
    }
  }

  /** A place in the queue for a call that is being offered to this agent already. */
  async waitFor(tx: Tx, call: LockedCall, department: string, agentId: string): Promise<void> {
    const queuedAt = call.row.queued_at ?? call.at;
    await this.insert(tx, call, department, queuedAt, { onlyAgentId: agentId, state: 'offered' });
  }

  private async insert(
    tx: Tx,
    call: LockedCall,
    department: string,
    queuedAt: Date,
    more: { onlyAgentId?: string | null; overflowDue?: Date | null; left?: Outcome; state?: 'offered' } = {},
  ): Promise<void> {
    await tx.rows(
      `insert into queue_entry (id, call_id, department, priority_rank, queued_at, entered_at, state, outcome, left_at,
         overflow_due_at, required_skills, preferred_skills, only_agent_id, declined_by, phone_e164)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '{}', $14)`,
      [
        newId(),
        call.row.id,
        department,
        call.row.priority_rank,
        queuedAt,
        call.at,
        more.left ? 'left' : (more.state ?? 'waiting'),
        more.left ?? null,
        more.left ? call.at : null,
        more.overflowDue ?? null,
        JSON.stringify(call.row.required_skills),
        JSON.stringify(call.row.preferred_skills),
        more.onlyAgentId ?? null,
        call.row.phone_e164,
      ],
    );
  }

  /** The place of the same caller who gave up in this queue a moment ago. */
  private async formerPlace(tx: Tx, call: LockedCall, department: string): Promise<Date | undefined> {
    if (!call.row.phone_e164) return undefined;
    const entry = await tx.one<Pick<QueueEntry, 'queued_at'>>(
      `select queued_at from queue_entry
        where phone_e164 = $1 and outcome = 'abandoned' and left_at > $2::timestamptz - make_interval(secs => $3)
          and department = $4
        order by left_at desc limit 1`,
      [call.row.phone_e164, call.at, REJOIN_SECONDS, department],
    );
    return entry?.queued_at;
  }

  /** A call that was turned away counts as queued too, or closed hours would flatter the figures. */
  private recordPassing(tx: Tx, call: LockedCall, setting: DepartmentSetting): Promise<void> {
    const outcome = setting.overflow === 'callback' ? 'callback' : 'overflow';
    return this.insert(tx, call, setting.name, call.row.queued_at ?? call.at, { left: outcome });
  }

  /** What a department does with a call it cannot keep waiting; the caller ends the call with the answer. */
  async overflow(
    tx: Tx,
    actor: Actor,
    call: LockedCall,
    setting: DepartmentSetting,
    reason: 'closed' | 'full' | 'waited too long',
  ): Promise<Overflowed> {
    if (setting.overflow !== 'callback') return { to: 'voicemail', cause: `${setting.name} ${reason}` };
    const due = reason === 'closed' ? nextOpening(hoursOf(setting), call.at) : undefined;
    await this.callbacks.promise(tx, actor, call, {
      department: setting.name,
      dueAt: due ?? new Date(call.at.getTime() + 30 * 60_000),
      note: `${setting.name} ${reason}`,
    });
    return { to: 'completed', cause: `callback promised: ${setting.name} ${reason}` };
  }

  /** Takes a call out of the queue it is in, if any. */
  async leave(tx: Tx, callId: string, outcome: Outcome, at: Date): Promise<void> {
    await tx.rows(
      `update queue_entry set state = 'left', outcome = $2, left_at = greatest(entered_at, $3::timestamptz)
        where call_id = $1 and state <> 'left'`,
      [callId, outcome, at],
    );
  }
}
