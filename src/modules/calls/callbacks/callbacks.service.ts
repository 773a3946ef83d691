import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Reader } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { decodeTimeCursor, isUuid, pageOf } from '../../../platform/http/page';
import { parsePhone } from '../../../platform/phone/phone';
import { newId } from '../../../platform/time/ids';
import { maySeeCall } from '../call-access';
import { CallEndings } from '../call-endings';
import { CallLedger } from '../call-ledger';
import { CallbackNotFound, CallbackOver, CallNotFound } from '../calls.errors';
import { Departments } from '../queue/departments';
import { DueBell } from '../queue/due-bell';
import { DueSweeper } from '../queue/due-sweeper';
import { StartCallService } from '../start-call.service';
import type { CallCallback } from './callback.entity';
import { type CallbackRow, type CallbacksReply, callbackView, type CallbackView } from './callback.view';
import { Callbacks } from './callbacks';
import type { ListCallbacks, PromiseCallback, ScheduleCallback } from './callbacks.dto';

const ACTOR = systemActor('callbacks');
const SELECT = `select b.*, c.code, n.code as new_code from call_callback b
  left join call c on c.id = b.call_id left join call n on n.id = b.new_call_id`;
/** Farther ahead nobody means it. */
const FARTHEST_DAYS = 366;

/** Promises to ring back: made, listed, taken back, and kept when they are due. */
@Injectable()
export class CallbacksService implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly endings: CallEndings,
    private readonly callbacks: Callbacks,
    private readonly starting: StartCallService,
    private readonly departments: Departments,
    private readonly sweeper: DueSweeper,
    private readonly bell: DueBell,
  ) {}

  onModuleInit(): void {
    this.sweeper.register({
      name: 'callback',
      sql: `select id, due_at as at from call_callback where state = 'scheduled'`,
      handle: (id) => this.keep(id),
    });
  }

  /** Promises the caller of a call to ring back; one who waits in the queue is let go with it. */
  promise(actor: Actor, code: string, input: PromiseCallback): Promise<CallbackView> {
    requireAhead(input.due_at);
    return this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { code });
      if (!maySeeCall(actor, call.row)) throw new CallNotFound(code);
      const department = input.department
        ? this.departments.require(input.department)
        : (call.row.department ?? this.departments.first);
      const id = await this.callbacks.promise(tx, actor, call, { department, dueAt: input.due_at, note: input.note });
      if (call.row.status === 'in_queue') {
        await this.endings.end(tx, actor, call, { to: 'completed', cause: 'callback promised', outcome: 'callback' });
      }
      return this.view(tx, id);
    });
  }

  /** Promises to ring somebody who is not on the line. */
  schedule(actor: Actor, input: ScheduleCallback): Promise<CallbackView> {
    requireAhead(input.due_at);
    const phone = parsePhone(input.phone_number, { country: this.config.phoneDefaultCountry, spaceMayBePlus: true });
    const department = input.department ? this.departments.require(input.department) : this.departments.first;
    return this.database.transaction(async (tx) => {
      const id = newId();
      await tx.rows(
        `insert into call_callback (id, phone_number, phone_e164, customer_name, department, due_at, state,
           owner_user_id, note) values ($1, $2, $3, $4, $5, $6, 'scheduled', $7, $8)`,
        [
          id,
          phone && input.phone_number.startsWith(' ') ? phone.e164 : input.phone_number.trim(),
          phone?.e164 ?? null,
          input.customer_name ?? null,
          department,
          input.due_at,
          actor.kind === 'user' && actor.role === 'user' ? actor.id : null,
          input.note ?? null,
        ],
      );
      tx.afterCommit(() => this.bell.due(input.due_at.getTime() - Date.now()));
      return this.view(tx, id);
    });
  }

  /** Takes a promise back. */
  cancel(actor: Actor, id: string): Promise<CallbackView> {
    return this.database.transaction(async (tx) => {
      const row = isUuid(id)
        ? await tx.one<CallCallback>('select * from call_callback where id = $1 for update', [id])
        : undefined;
      if (!row || !maySee(actor, row)) throw new CallbackNotFound(`Callback '${id}' not found`);
      if (row.state !== 'scheduled') throw new CallbackOver(`The callback is ${row.state}`);
      await tx.rows(`update call_callback set state = 'canceled', updated_at = now() where id = $1`, [id]);
      return this.view(tx, id);
    });
  }

  /** Promises of the departments the actor works for, the first due first. */
  async list(actor: Actor, query: ListCallbacks): Promise<CallbacksReply> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = ['true'];
    if (query.state) where.push(`b.state = ${param(query.state)}`);
    const own = actor.agent?.departments ?? [];
    if (actor.kind === 'user' && actor.role !== 'admin' && own.length > 0) {
      where.push(`b.department = any(${param(own)}::text[])`);
    }
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(b.due_at, b.id) > (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    const rows = await this.database.read.rows<CallbackRow>(
      `${SELECT} where ${where.join(' and ')} order by b.due_at, b.id limit ${param(query.limit + 1)}`,
      params,
    );
    const page = pageOf(rows, query.limit, (row) => [row.due_at.toISOString(), row.id]);
    return {
      success: true,
      callbacks: page.rows.map(callbackView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** The time has come: it becomes an outbound call that waits, with high priority, for an agent to dial for. */
  private async keep(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const due = await tx.one<CallCallback>(
        `select * from call_callback where id = $1 and state = 'scheduled' and due_at <= clock_timestamp()
            for update skip locked`,
        [id],
      );
      if (!due) return;
      const call = await this.starting.queueFor(
        tx,
        ACTOR,
        {
          phone_number: due.phone_e164 ?? due.phone_number,
          customer_name: due.customer_name ?? undefined,
          department: due.department,
          priority: 'high',
          metadata: { callback_id: due.id },
        },
        'a promised callback is due',
        due.owner_user_id,
      );
      await tx.rows(`update call_callback set state = 'queued', new_call_id = $2, updated_at = now() where id = $1`, [
        id,
        call.row.id,
      ]);
    });
  }

  private async view(reader: Reader, id: string): Promise<CallbackView> {
    const row = await reader.one<CallbackRow>(`${SELECT} where b.id = $1`, [id]);
    if (!row) throw new CallbackNotFound(`Callback '${id}' not found`);
    return callbackView(row);
  }
}

function maySee(actor: Actor, row: CallCallback): boolean {
  return maySeeCall(actor, {
    department: row.department,
    owner_user_id: row.owner_user_id,
    assigned_agent_id: null,
    consult_agent_id: null,
  });
}

function requireAhead(due: Date): void {
  const days = (due.getTime() - Date.now()) / 86_400_000;
  if (days > -1 / 1440 && days <= FARTHEST_DAYS) return;
  const reason = 'must be a time to come, within a year';
  throw new Invalid(`due_at ${reason}`, { due_at: reason });
}
