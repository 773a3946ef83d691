import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Tx } from '../../../platform/database/database';
import { Notifier } from '../../../platform/database/notifier';
import { AGENT_COLUMNS, type AgentRow } from '../../agents';
import { CallLedger } from '../call-ledger';
import {
  type Assignment,
  chooseAssignments,
  type FreeAgent,
  nextRelaxation,
  type SkillWish,
  type WaitingCall,
} from './distribution-choice';
import { DISTRIBUTE } from './due-bell';
import { Offers } from './offers';
import { together } from './side-by-side';

const ACTOR = systemActor('distribution');
/** Waiting calls read at a time when those in front were not the ones who can be served. */
const CALLS_LOOKED_AT = 500;
/** So many times in one pass; the next goes on from there. */
const PAGES_A_PASS = 3;
/** Offers written in one transaction: enough to be quick, few enough to hold no lock for long. */
const OFFERS_AT_ONCE = 10;
/** A ring may be lost; every process looks by itself this often. */
const LOOK_MS = 2000;
/** When somebody else holds what we wanted, and between looks in which nobody was served. */
const AGAIN_MS = 25;
/** After a failure. */
const FAILED_MS = 500;

/** A department that is being served, and whether it was rung meanwhile. */
interface Turn {
  again: boolean;
  done: Promise<void>;
}

interface Pass {
  offered: number;
  /** Something was locked by somebody else, or there is more to do. */
  again: boolean;
  /** Calls wait and agents are free, but none of those for any of these. */
  inVain?: boolean;
  relaxAt?: Date | undefined;
  /** Where the next pass goes on; undefined: at the front. */
  lookedUpTo?: LookedUpTo | undefined;
}

/** Whom a pass may ask. */
interface Floor {
  agents: FreeAgent[];
  /** Ids of those on a call who have more hands free than the one they may be asked about now. */
  handsToSpare: ReadonlySet<string>;
  now: Date;
}

type Place = Pick<WaitingCall, 'priorityRank' | 'queuedAt' | 'entryId'>;

/** How far down its line a department has been looked at in vain, and for whom. */
interface LookedUpTo {
  place: Place;
  agents: ReadonlySet<string>;
}

/**
 * Brings waiting calls and free agents together. Every process that works jobs may run it: a ring after the commit that
 * let a call wait or an agent be free starts a pass. Per department one process at a time (a lock of the transaction,
 * gone with the process that held it); what makes it right is not that lock but the row locks and unique indexes under
 * every offer.
 */
@Injectable()
export class DistributionEngine implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DistributionEngine.name);
  private readonly turns = new Map<string, Turn>();
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly soon = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  private readonly lookedUpTo = new Map<string, LookedUpTo>();
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly notifier: Notifier,
    private readonly ledger: CallLedger,
    private readonly offers: Offers,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.stopListening = this.notifier.listen(DISTRIBUTE, (department) => this.wake(department));
    this.timer = setInterval(() => this.wake(''), LOOK_MS);
    this.wake('');
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    for (const { timer } of this.soon.values()) clearTimeout(timer);
    this.stopListening?.();
    await Promise.all([...this.turns.values()].map((turn) => turn.done));
  }

  /** A department has work; '' means that any may have. Each is served by itself: a long line in one delays no other. */
  private wake(department: string): void {
    if (this.stopped) return;
    const turn = this.turns.get(department);
    if (turn) {
      turn.again = true;
      return;
    }
    const begun: Turn = { again: false, done: Promise.resolve() };
    this.turns.set(department, begun);
    begun.done = this.take(department, begun);
  }

  private async take(department: string, turn: Turn): Promise<void> {
    do {
      turn.again = false;
      if (department === '') await this.wakeAll();
      else await this.serve(department);
    } while (turn.again && !this.stopped);
    // nothing is awaited between the look at `again` and this, so no ring is lost in between
    this.turns.delete(department);
  }

  private async wakeAll(): Promise<void> {
    try {
      const rows = await this.database.read.often<{ name: string }>(
        `select name from department_setting d
          where exists (select 1 from queue_entry q where q.department = d.name and q.state = 'waiting')`,
      );
      for (const { name } of rows) this.wake(name);
    } catch (error) {
      // it is looked again soon without being rung
      this.logger.error(`distribution: ${(error as Error).message}`);
    }
  }

  private async serve(department: string): Promise<void> {
    let pass: Pass;
    try {
      pass = await this.pass(department);
    } catch (error) {
      this.logger.error(`distribution of ${department}: ${(error as Error).message}`);
      return this.later(department, FAILED_MS);
    }
    // rings that come meanwhile are one look: a long line that nobody free can serve is not read without a pause
    if (pass.inVain) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    if (pass.again) {
      if (pass.offered > 0) this.wake(department);
      else this.later(department, AGAIN_MS);
    }
    if (pass.relaxAt) this.later(department, Math.max(AGAIN_MS, pass.relaxAt.getTime() - Date.now()));
  }

  private later(department: string, ms: number): void {
    const at = Date.now() + ms;
    const armed = this.soon.get(department);
    if (this.stopped || (armed && armed.at <= at)) return;
    clearTimeout(armed?.timer);
    const timer = setTimeout(() => {
      this.soon.delete(department);
      this.wake(department);
    }, ms);
    this.soon.set(department, { at, timer });
  }

  /** One transaction: looks, chooses, locks what was chosen as far as it can be had, and offers. */
  async pass(department: string): Promise<Pass> {
    const pass = (await this.isWorthwhile(department))
      ? await this.database.transaction((tx) => this.look(tx, department))
      : { offered: 0, again: false };
    // kept after the commit: a pass that is run again begins where the first try of it did
    if (pass.lookedUpTo) this.lookedUpTo.set(department, pass.lookedUpTo);
    else this.lookedUpTo.delete(department);
    return pass;
  }

  private async look(tx: Tx, department: string): Promise<Pass> {
    const lock = await tx.one<{ got: boolean }>(
      `select pg_try_advisory_xact_lock(hashtext('calls distribution'), hashtext($1)) as got`,
      [department],
    );
    // whoever has it may have looked before what rang us was committed: look once more a little later
    if (!lock?.got) return { offered: 0, again: true, lookedUpTo: this.lookedUpTo.get(department) };
    const { agents, handsToSpare, now } = await this.freeAgents(tx, department);
    if (agents.length === 0) return { offered: 0, again: false };
    const { chosen, relaxAt, lookedUpTo } = await this.choose(tx, department, agents, now);
    const offered = await this.offerAll(tx, chosen);
    const handsLeft = chosen.some(({ agent }) => handsToSpare.has(agent.agentId));
    const again = offered < chosen.length || chosen.length === OFFERS_AT_ONCE || handsLeft || lookedUpTo !== undefined;
    return { offered, again, inVain: chosen.length === 0, relaxAt, lookedUpTo };
  }

  /**
   * Goes down the line until enough is chosen or it ends. Mostly those in front are the ones who can be served, so few are
   * looked at first. A line of which many may have none of the free agents is read in several passes, each of which looks at
   * its front and then goes on where the one before ended.
   */
  private async choose(
    tx: Tx,
    department: string,
    agents: FreeAgent[],
    now: Date,
  ): Promise<Pick<Pass, 'relaxAt' | 'lookedUpTo'> & { chosen: Assignment[] }> {
    const chosen: Assignment[] = [];
    let relaxAt: Date | undefined;
    const enough = Math.min(OFFERS_AT_ONCE, agents.length);
    const look = async (size: number, after?: Place): Promise<WaitingCall[]> => {
      const calls = await this.waitingCalls(tx, department, agents, size, after);
      chosen.push(...chooseAssignments(calls, stillFree(agents, chosen), now, enough - chosen.length));
      relaxAt = earliest([relaxAt, ...calls.map((call) => nextRelaxation(call, now))]);
      return calls;
    };
    const front = await look(OFFERS_AT_ONCE);
    if (chosen.length >= enough || front.length < OFFERS_AT_ONCE) return { chosen, relaxAt };
    // those before the place were looked at in vain for the agents of then: an agent who came since begins at the front
    const before = this.lookedUpTo.get(department);
    const isForThese = before !== undefined && agents.every((agent) => before.agents.has(agent.agentId));
    let last: Place | undefined = isForThese ? before.place : front.at(-1);
    for (let page = 0; page < PAGES_A_PASS; page += 1) {
      const calls = await look(CALLS_LOOKED_AT, last);
      if (chosen.length >= enough || calls.length < CALLS_LOOKED_AT) return { chosen, relaxAt };
      last = calls.at(-1);
    }
    const lookedUpTo = last && { place: last, agents: new Set(agents.map((agent) => agent.agentId)) };
    return { chosen, relaxAt, lookedUpTo };
  }

  /** Whether anything waits and anybody is free: most rings find one of the two missing. */
  private async isWorthwhile(department: string): Promise<boolean> {
    const [row] = await this.database.read.often<{ worthwhile: boolean }>(
      `select exists (select 1 from queue_entry where department = $1 and state = 'waiting')
          and exists (select 1 from agent where ${FREE} and (departments = '{}' or $1 = any(departments)))
          as worthwhile`,
      [department, this.config.calls.heartbeatSeconds],
    );
    return row?.worthwhile ?? false;
  }

  /**
   * Waiting calls in their order, from the front or after a place. Those that none of the free agents may have, for a
   * skill or because they are for one person, are passed over here: a thousand of them in front keep nobody behind them
   * waiting.
   */
  private waitingCalls(
    tx: Tx,
    department: string,
    agents: readonly FreeAgent[],
    limit: number,
    after: Place | undefined,
  ): Promise<WaitingCall[]> {
    // a text of its own for what comes after a place, so that the place is where the index is entered
    const place = after ? 'and (priority_rank, queued_at, id) > ($5::int, $6::timestamptz, $7::uuid)' : '';
    return tx.rows<WaitingCall>(
      `select id as "entryId", call_id as "callId", priority_rank as "priorityRank", queued_at as "queuedAt",
              required_skills as required, preferred_skills as preferred, only_agent_id as "onlyAgentId",
              declined_by as "declinedBy"
         from queue_entry where department = $1 and state = 'waiting' ${place}
          and (only_agent_id is null or only_agent_id = any($3::uuid[]))
          and (only_agent_id is not null or required_skills = '[]' or not exists (
            select 1 from jsonb_to_recordset(required_skills) as wish(skill text, level int)
             where wish.level > coalesce(($4::jsonb ->> wish.skill)::int, 0)))
        order by priority_rank, queued_at, id limit $2`,
      [
        department,
        limit,
        agents.map((agent) => agent.agentId),
        JSON.stringify(highestLevels(agents)),
        ...(after ? [after.priorityRank, after.queuedAt, after.entryId] : []),
      ],
    );
  }

  /** Whoever may be offered a call, idle longest first; what they can do is read only when somebody asks for it. */
  private async freeAgents(tx: Tx, department: string): Promise<Floor> {
    const rows = await tx.rows<{
      agentId: string;
      idleSince: Date | null;
      status: string;
      hands: number;
      skills: SkillWish[] | null;
      now: Date;
    }>(
      `select id as "agentId", status, idle_since as "idleSince", clock_timestamp() as now,
              case status when 'available' then max_concurrent_calls else max_concurrent_calls
                - (select count(*) from agent_slot s where s.agent_id = agent.id and s.call_id is not null) end as hands,
              case when (select exists (select 1 from queue_entry where department = $1 and state = 'waiting'
                                           and (required_skills <> '[]' or preferred_skills <> '[]')))
                then (select jsonb_agg(jsonb_build_object('skill', k.skill, 'level', k.level)) from agent_skill k
                       where k.agent_id = agent.id) end as skills
         from agent
        where ${FREE} and (departments = '{}' or $1 = any(departments))
        order by idle_since nulls last, id`,
      [department, this.config.calls.heartbeatSeconds],
    );
    const agents = rows
      .filter((row) => row.hands > 0)
      .map((row) => ({
        agentId: row.agentId,
        idleSince: row.idleSince ?? row.now,
        // one call for each in a pass, so that ten calls go to ten agents and not to the ten hands of one
        capacity: 1,
        skills: new Map((row.skills ?? []).map(({ skill, level }) => [skill, level])),
      }));
    const spare = rows.filter((row) => row.status === 'on_call' && row.hands > 1).map((row) => row.agentId);
    return { agents, handsToSpare: new Set(spare), now: rows[0]?.now ?? new Date() };
  }

  /**
   * Offers what was chosen, as far as call and agent are still to be had and nobody else holds them; returns how many.
   * Calls are locked before agents, each in the order of their ids, as everywhere; nobody is waited for.
   */
  private async offerAll(tx: Tx, chosen: readonly Assignment[]): Promise<number> {
    if (chosen.length === 0) return 0;
    const held = await tx.rows<{ id: string }>(
      `select id from call where id = any($1::uuid[]) and status in ('in_queue', 'transferred')
        order by id for no key update skip locked`,
      [chosen.map(({ call }) => call.callId)],
    );
    const desks = await tx.rows<AgentRow>(
      `select ${AGENT_COLUMNS} from agent where id = any($1::uuid[]) and ${FREE} order by id for no key update skip locked`,
      [chosen.map(({ agent }) => agent.agentId), this.config.calls.heartbeatSeconds],
    );
    // the look was without locks: what it saw of these calls and agents must still be so
    const now = await tx.rows<{ waiting: string | null; agent: string | null; taken: number }>(
      `select id as waiting, null::uuid as agent, 0::int8 as taken from queue_entry
        where id = any($1::uuid[]) and state = 'waiting'
       union all
       select null, agent_id, count(*) from agent_slot where agent_id = any($2::uuid[]) and call_id is not null
        group by agent_id`,
      [chosen.map(({ call }) => call.entryId), desks.map((desk) => desk.id)],
    );
    const waiting = new Set(now.map((row) => row.waiting));
    const taken = new Map(now.map((row) => [row.agent, row.taken]));
    const free = new Map(
      desks.filter((desk) => (taken.get(desk.id) ?? 0) < desk.max_concurrent_calls).map((desk) => [desk.id, desk]),
    );
    const calls = await this.ledger.allLocked(
      tx,
      held.map((row) => row.id),
    );
    const locked = new Map(calls.map((call) => [call.row.id, call]));
    // each call and each agent is in one of these alone, so they are written side by side: what takes a round trip for one
    // takes it for all
    return together(
      chosen.flatMap(({ call, agent, reason }) => {
        const desk = free.get(agent.agentId);
        const ready = locked.get(call.callId);
        if (!desk || !ready || !waiting.has(call.entryId)) return [];
        return [this.offers.make(tx, ACTOR, ready, desk, { purpose: 'queue', why: reason, cause: reason.rule })];
      }),
    );
  }
}

/** The agents who have not been chosen yet. */
function stillFree(agents: readonly FreeAgent[], chosen: readonly Assignment[]): FreeAgent[] {
  const taken = new Set(chosen.map(({ agent }) => agent.agentId));
  return agents.filter((agent) => !taken.has(agent.agentId));
}

/** The best level of each skill that any of the agents has. */
function highestLevels(agents: readonly FreeAgent[]): Record<string, number> {
  const levels = new Map<string, number>();
  for (const { skills } of agents) {
    for (const [skill, level] of skills) levels.set(skill, Math.max(level, levels.get(skill) ?? 0));
  }
  return Object.fromEntries(levels);
}

const earliest = (times: readonly (Date | undefined)[]): Date | undefined =>
  times.filter((at): at is Date => at !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];

/**
 * Who may be offered a call: available, or on a call with a hand free; and not silent for too long ($2 seconds) once he
 * has given signs of life.
 */
const FREE = `is_active and (status = 'available' or status = 'on_call' and max_concurrent_calls > 1
  and pending_status is null)
  and (last_seen_at is null or last_seen_at > clock_timestamp() - make_interval(secs => $2))`;
