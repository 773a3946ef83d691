import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import type { Audience } from '../../platform/events/audience';
import type { EventDefinition } from '../../platform/events/define-event';
import { EventLog } from '../../platform/events/event-log';
import { newId, randomCode } from '../../platform/time/ids';
import { durations, type Interval, intervalKind } from './call-intervals';
import { type CallStatus, isFinal, isLegal } from './call-state';
import type { Call } from './call.entity';
import { type CallRow, type CallView, callView } from './call.view';
import { CallNotFound, IllegalTransition } from './calls.errors';
import { type CallEnd, callEnded, callStarted, type CallUpdate, callUpdated } from './calls.events';

/** A call whose row is locked, and the moment at which it is being changed: never before its last change. */
export interface LockedCall {
  row: CallRow;
  at: Date;
}

/** The columns that a change may write beside the status. */
export type CallPatch = Partial<
  Pick<
    Call,
    | 'assigned_agent_id'
    | 'consult_agent_id'
    | 'department'
    | 'queued_at'
    | 'answered_at'
    | 'connect_due_at'
    | 'disposition'
    | 'metadata'
    | 'provider_call_sid'
    | 'is_carried'
    | 'carrier_facts'
    | 'sales_process_id'
    | 'required_skills'
    | 'preferred_skills'
  >
>;

/** One change of a call. */
export interface Change {
  /** The word in its history: `routed`, `offered`, `held` … */
  kind: string;
  /** Why, in a few words. */
  cause: string;
  to?: CallStatus;
  set?: CallPatch;
  /** The agent it rings at, while it rings. */
  ringsAt?: string | null;
  /** More about it: goes into the history, and with the event. */
  data?: Record<string, unknown>;
  /** Users who hear of it although the call is (no longer) theirs. */
  alsoTell?: (string | null)[];
  /** Not told to anybody: another event tells it. */
  silent?: boolean;
}

/** Columns of a new call. */
export type NewCall = Pick<Call, 'direction' | 'phone_number' | 'phone_e164' | 'priority_rank'> &
  Partial<
    Pick<
      Call,
      | 'customer_name'
      | 'customer_email'
      | 'customer_id'
      | 'department'
      | 'owner_user_id'
      | 'provider_call_sid'
      | 'sales_process_id'
      | 'required_skills'
      | 'preferred_skills'
      | 'metadata'
      | 'is_carried'
    >
  >;

const JSON_COLUMNS = new Set(['metadata', 'required_skills', 'preferred_skills', 'carrier_facts']);

/** Everything that is read of a call, as a `select` list over `call c`. */
export const CALL_SELECT = `c.*, ca.code as agent_code, ca.name as agent_name, ca.user_id as agent_user_id,
  cc.code as customer_code,
  exists (select 1 from call_offer o where o.call_id = c.id and o.state = 'live') as has_live_offer`;
export const CALL_JOINS = `left join agent ca on ca.id = c.assigned_agent_id left join customer cc on cc.id = c.customer_id`;

/**
 * The only writer of a call's status, its intervals and its history. Whatever happens to a call happens through
 * `change`, under a lock on its row, and leaves a line of history and an event behind.
 */
@Injectable()
export class CallLedger {
  constructor(private readonly events: EventLog) {}

  /**
   * Locks a call by its code, id or provider sid. Throws CallNotFound. Calls are locked before agents, always.
   * It is read in a second statement: one that waits for a lock sees everything but the locked row as it was before.
   */
  async lock(tx: Tx, key: { code?: string; id?: string; sid?: string }): Promise<LockedCall> {
    const [column, value] = key.id ? ['id', key.id] : key.sid ? ['provider_call_sid', key.sid] : ['code', key.code];
    const locked = await tx.one<{ id: string }>(`select id from call where ${column} = $1 for no key update`, [value]);
    if (!locked) throw new CallNotFound(String(key.code ?? value));
    return this.locked(tx, locked.id);
  }

  /** A call of which only the row has been locked so far, as it is now. */
  async locked(tx: Tx, id: string): Promise<LockedCall> {
    const found = await tx.one<CallRow & { clock: Date }>(
      `select ${CALL_SELECT}, ${CLOCK} from call c ${CALL_JOINS} where c.id = $1`,
      [id],
    );
    if (!found) throw new CallNotFound(id);
    return asLocked(found);
  }

  /** The same of several calls; those that do not exist are left out. */
  async allLocked(tx: Tx, ids: readonly string[]): Promise<LockedCall[]> {
    const found = await tx.rows<CallRow & { clock: Date }>(
      `select ${CALL_SELECT}, ${CLOCK} from call c ${CALL_JOINS} where c.id = any($1::uuid[])`,
      [ids],
    );
    return found.map(asLocked);
  }

  /** Writes a new call, with a code nobody has, and tells of it. */
  async create(tx: Tx, actor: Actor, call: NewCall, cause: string): Promise<LockedCall> {
    for (;;) {
      const row = await this.insert(tx, actor, randomCode('CALL-', 4), call, cause);
      // another call has this code: try with the next one
      if (!row) continue;
      this.tell(tx, actor, row, callStarted, callView(row, [], row.started_at));
      return { row, at: row.started_at };
    }
  }

  private insert(tx: Tx, actor: Actor, code: string, call: NewCall, cause: string): Promise<CallRow | undefined> {
    return tx.one<CallRow>(
      `with c as (
         insert into call (id, code, status, direction, phone_number, phone_e164, customer_name, customer_email,
           customer_id, department, priority_rank, owner_user_id, provider_call_sid, sales_process_id, is_carried,
           required_skills, preferred_skills, metadata, started_at, changed_at)
         select $1, $2, 'initiated', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, now, now
           from (select date_trunc('milliseconds', clock_timestamp()) as now) clock
         on conflict (code) do nothing returning *),
       i as (insert into call_interval (id, call_id, kind, started_at) select $18::uuid, id, 'setup', started_at from c),
       h as (insert into call_change (id, call_id, at, kind, from_status, to_status, actor, cause, data)
             select $19::uuid, id, started_at, 'created', null, status, $20::jsonb, $21, '{}' from c)
       select ${CALL_SELECT} from c ${CALL_JOINS}`,
      [
        newId(),
        code,
        call.direction,
        call.phone_number,
        call.phone_e164,
        call.customer_name ?? null,
        call.customer_email ?? null,
        call.customer_id ?? null,
        call.department ?? null,
        call.priority_rank,
        call.owner_user_id ?? null,
        call.provider_call_sid ?? null,
        call.sales_process_id ?? null,
        call.is_carried ?? false,
        JSON.stringify(call.required_skills ?? []),
        JSON.stringify(call.preferred_skills ?? []),
        JSON.stringify(call.metadata ?? {}),
        newId(),
        newId(),
        JSON.stringify(snapshot(actor)),
        cause,
      ],
    );
  }

  /** Refuses what the transition table does not list. */
  requireLegal(call: LockedCall, to: CallStatus): void {
    if (!isLegal(call.row.status, to)) throw new IllegalTransition(call.row.status, to);
  }

  /**
   * Changes a locked call: status (if legal), columns, intervals, history, event. `call` is brought up to date.
   * Going to a final status ends it: `ended_at`, durations, `call.ended` instead of `call.updated`.
   */
  async change(tx: Tx, actor: Actor, call: LockedCall, change: Change): Promise<void> {
    const before = call.row;
    const to = change.to ?? before.status;
    if (to !== before.status) this.requireLegal(call, to);
    const set: Record<string, unknown> = { ...change.set, status: to, changed_at: call.at };
    const agentId = 'assigned_agent_id' in set ? (set.assigned_agent_id as string | null) : before.assigned_agent_id;
    const kind = intervalKind(to, Boolean(change.ringsAt));
    if (isFinal(to) && !before.ended_at) Object.assign(set, await this.closing(tx, before.id, call.at));
    call.row = await this.write(tx, actor, call, change, set, {
      kind,
      agentId: kind === 'ring' ? (change.ringsAt ?? agentId) : agentId,
    });
    if (change.silent) return;
    const extra = [before.agent_user_id, ...(change.alsoTell ?? [])];
    if (isFinal(to) && !before.ended_at) {
      this.tell(tx, actor, call.row, callEnded, endOf(call.row), { before, users: extra });
    } else {
      this.tell(tx, actor, call.row, callUpdated, updateOf(before, call.row, call.at, change.data), {
        before,
        users: extra,
      });
    }
  }

  /** Appends an event about a call for everybody who may see the call (or might until now). */
  tell<Data extends object>(
    tx: Tx,
    actor: Actor,
    row: CallRow,
    event: EventDefinition<Data>,
    data: Data,
    also: { before?: CallRow; users?: (string | null)[] } = {},
  ): void {
    this.events.append(tx, event, data, {
      actor,
      aggregate: `call:${row.id}`,
      audience: audienceOf(row, also.before, also.users),
      subjectCustomerId: row.customer_id,
    });
  }

  /** A line of history for what is no change of the call itself (a note, a message to the carrier). */
  async note(
    tx: Tx,
    actor: Actor,
    row: CallRow,
    at: Date,
    from: CallStatus | null,
    to: CallStatus | null,
    { kind, cause, data }: Pick<Change, 'kind' | 'cause' | 'data'>,
  ): Promise<void> {
    await tx.rows(
      `insert into call_change (id, call_id, at, kind, from_status, to_status, actor, cause, data)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [newId(), row.id, at, kind, from, to, JSON.stringify(snapshot(actor)), cause, JSON.stringify(data ?? {})],
    );
  }

  /** The call as it is shown, read in this transaction. */
  async view(tx: Tx, row: CallRow, at: Date): Promise<CallView> {
    return callView(row, row.ended_at ? [] : await this.intervals(tx, row.id), at);
  }

  /** All intervals of a call, in order. */
  async intervals(tx: Tx, callId: string): Promise<Interval[]> {
    return tx.rows<Interval>(
      `select kind, started_at as start, ended_at as "end", agent_id as "agentId" from call_interval
        where call_id = $1 order by started_at, created_at, id`,
      [callId],
    );
  }

  private async closing(tx: Tx, callId: string, at: Date): Promise<Record<string, unknown>> {
    const sums = durations(await this.intervals(tx, callId), at);
    return { ended_at: at, connect_due_at: null, consult_agent_id: null, ...durationColumns(sums) };
  }

  /** Columns, interval and history in one statement: this is the hottest write of the product. */
  private async write(
    tx: Tx,
    actor: Actor,
    call: LockedCall,
    change: Change,
    set: Record<string, unknown>,
    interval: { kind: string | undefined; agentId: string | null },
  ): Promise<CallRow> {
    const params: unknown[] = [
      call.row.id,
      call.at,
      interval.kind ?? null,
      interval.agentId,
      newId(),
      newId(),
      change.kind,
      call.row.status,
      set.status,
      JSON.stringify(snapshot(actor)),
      change.cause,
      JSON.stringify(change.data ?? {}),
    ];
    const columns = Object.entries(set).map(
      ([column, value]) => `"${column}" = $${params.push(JSON_COLUMNS.has(column) ? JSON.stringify(value) : value)}`,
    );
    // `opened` reads from `closed` so that the old interval is shut before the new one is checked against it
    const row = await tx.one<CallRow>(
      `with closed as (
         update call_interval set ended_at = $2::timestamptz
          where call_id = $1 and ended_at is null and kind <> 'wrap_up'
            and (kind, agent_id) is distinct from ($3::text, $4::uuid)
         returning 1),
       opened as (
         insert into call_interval (id, call_id, kind, agent_id, started_at)
         select $5::uuid, $1, $3::text, $4::uuid, $2::timestamptz from (select count(*) from closed) done
          where $3::text is not null and not exists (
            select 1 from call_interval where call_id = $1 and ended_at is null and kind <> 'wrap_up'
               and (kind, agent_id) is not distinct from ($3::text, $4::uuid))),
       noted as (
         insert into call_change (id, call_id, at, kind, from_status, to_status, actor, cause, data)
         values ($6::uuid, $1, $2::timestamptz, $7, $8, $9, $10::jsonb, $11, $12::jsonb)),
       c as (update call set ${columns.join(', ')}, updated_at = now() where id = $1 returning *)
       select ${CALL_SELECT} from c ${CALL_JOINS}`,
      params,
    );
    if (!row) throw new CallNotFound(call.row.code);
    return row;
  }
}

const CLOCK = `date_trunc('milliseconds', clock_timestamp()) as clock`;

const asLocked = ({ clock, ...row }: CallRow & { clock: Date }): LockedCall => ({
  row,
  at: clock > row.changed_at ? clock : row.changed_at,
});

/** Durations as the columns of a finished call. */
export const durationColumns = (sums: ReturnType<typeof durations>): Record<string, number> => ({
  queue_time_seconds: sums.queue,
  ring_time_seconds: sums.ring,
  talk_time_seconds: sums.talk,
  hold_time_seconds: sums.hold,
  total_duration_seconds: sums.total,
});

/** Who may see a call, as an audience: its department (every agent when it has none), its agent and its owner. */
export function audienceOf(row: CallRow, before?: CallRow, users: (string | null)[] = []): Audience {
  const departments = [row.department, before?.department].filter((name): name is string => Boolean(name));
  const people = [row.owner_user_id, row.agent_user_id, ...users].filter((id): id is string => Boolean(id));
  return {
    roles: row.department === null ? ['agent'] : [],
    departments: [...new Set(departments)],
    users: [...new Set(people)],
    scope: 'calls:read',
  };
}

const COMPARED = [
  'department',
  'assigned_agent_id',
  'assigned_agent_name',
  'queued_at',
  'answered_at',
  'disposition',
  'provider_call_sid',
  'allowed_actions',
] as const;

/** What changed between two states of a call, under the names in which a client keeps them. */
function updateOf(before: CallRow, after: CallRow, at: Date, data: Record<string, unknown> = {}): CallUpdate {
  const [old, now] = [callView(before, [], at), callView(after, [], at)];
  const changed = COMPARED.filter((field) => JSON.stringify(old[field]) !== JSON.stringify(now[field]));
  return {
    call_id: after.code,
    status: after.status,
    previous_status: before.status,
    ...Object.fromEntries(changed.map((field) => [field, now[field]])),
    ...data,
  };
}

const endOf = (row: CallRow): CallEnd => ({
  call_id: row.code,
  duration: row.total_duration_seconds,
  status: row.status,
  direction: row.direction,
  phone_number: row.phone_e164 ?? row.phone_number,
  customer_id: row.customer_code,
  department: row.department,
  assigned_agent_id: row.agent_code,
  queue_time_seconds: row.queue_time_seconds,
  talk_time_seconds: row.talk_time_seconds,
  hold_time_seconds: row.hold_time_seconds,
  disposition: row.disposition,
  sales_process_id: row.sales_process_id,
  started_at: row.started_at.toISOString(),
  ended_at: (row.ended_at ?? row.changed_at).toISOString(),
});
