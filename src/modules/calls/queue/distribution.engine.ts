import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database, type Tx } from '../../../platform/database/database';
import { Notifier } from '../../../platform/database/notifier';
import type { AgentRow } from '../../agents';
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

const ACTOR = systemActor('distribution');
/** Waiting calls looked at in one pass; more than anybody has agents free at one moment. */
const CALLS_LOOKED_AT = 500;
const AGENTS_LOOKED_AT = 500;
/** Offers written in one transaction: enough to be quick, few enough to hold no lock for long. */
const OFFERS_AT_ONCE = 10;
/** A ring may be lost; every process looks by itself this often. */
const LOOK_MS = 2000;
/** When somebody else holds what we wanted. */
const AGAIN_MS = 25;
/** After a failure. */
const FAILED_MS = 500;

interface Pass {
  offered: number;
  /** Something was locked by somebody else, or there is more to do. */
  again: boolean;
  relaxAt?: Date | undefined;
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
  private readonly dirty = new Set<string>();
  private running: Promise<void> | undefined;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly soon = new Map<string, NodeJS.Timeout>();
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
    for (const timer of this.soon.values()) clearTimeout(timer);
    this.stopListening?.();
    await this.running;
  }

  /** A department has work; '' means that any may have. */
  private wake(department: string): void {
    if (this.stopped) return;
    this.dirty.add(department);
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.dirty.size > 0) this.wake([...this.dirty][0] as string);
    });
  }

  private async run(): Promise<void> {
    while (this.dirty.size > 0 && !this.stopped) {
      const wanted = [...this.dirty];
      this.dirty.clear();
      try {
        const departments = wanted.includes('') ? await this.departmentsWithWork() : wanted;
        await Promise.all(departments.map((department) => this.serve(department)));
      } catch (error) {
        this.logger.error(`distribution: ${(error as Error).message}`);
        return;
      }
    }
  }

  private async departmentsWithWork(): Promise<string[]> {
    const rows = await this.database.read.rows<{ name: string }>(
      `select name from department_setting d
        where exists (select 1 from queue_entry q where q.department = d.name and q.state = 'waiting')`,
    );
    return rows.map((row) => row.name);
  }

  private async serve(department: string): Promise<void> {
    let pass: Pass;
    try {
      pass = await this.pass(department);
    } catch (error) {
      this.logger.error(`distribution of ${department}: ${(error as Error).message}`);
      return this.later(department, FAILED_MS);
    }
    if (pass.again) {
      if (pass.offered > 0) this.dirty.add(department);
      else this.later(department, AGAIN_MS);
    }
    if (pass.relaxAt) this.later(department, Math.max(AGAIN_MS, pass.relaxAt.getTime() - Date.now()));
  }

  private later(department: string, ms: number): void {
    if (this.soon.has(department) && ms > AGAIN_MS) return;
    clearTimeout(this.soon.get(department));
    this.soon.set(
      department,
      setTimeout(() => {
        this.soon.delete(department);
        this.wake(department);
      }, ms),
    );
  }

  /** One transaction: looks, chooses, locks what was chosen as far as it can be had, and offers. */
  async pass(department: string): Promise<Pass> {
    if (!(await this.isWorthwhile(department))) return { offered: 0, again: false };
    return this.database.transaction(async (tx) => {
      const lock = await tx.one<{ got: boolean }>(
        `select pg_try_advisory_xact_lock(hashtext('calls distribution'), hashtext($1)) as got`,
        [department],
      );
      // whoever has it may have looked before what rang us was committed: look once more a little later
      if (!lock?.got) return { offered: 0, again: true };
      const { agents, now } = await this.freeAgents(tx, department);
      if (agents.length === 0) return { offered: 0, again: false };
      // mostly those in front are the ones who can be served; all are looked at only when they are not
      const front = agents.length + OFFERS_AT_ONCE;
      let calls = await this.waitingCalls(tx, department, front);
      let chosen = chooseAssignments(calls, agents, now, OFFERS_AT_ONCE);
      if (chosen.length < Math.min(OFFERS_AT_ONCE, agents.length) && calls.length === front) {
        calls = await this.waitingCalls(tx, department, CALLS_LOOKED_AT);
        chosen = chooseAssignments(calls, agents, now, OFFERS_AT_ONCE);
      }
      let offered = 0;
      for (const assignment of chosen) if (await this.offer(tx, assignment)) offered += 1;
      const again = offered < chosen.length || chosen.length === OFFERS_AT_ONCE;
      return { offered, again, ...(chosen.length === 0 ? { relaxAt: firstRelaxation(calls, now) } : {}) };
    });
  }

  /** Whether anything waits and anybody is free: most rings find one of the two missing. */
  private async isWorthwhile(department: string): Promise<boolean> {
    const row = await this.database.read.one<{ worthwhile: boolean }>(
      `select exists (select 1 from queue_entry where department = $1 and state = 'waiting')
          and exists (select 1 from agent a where ${FREE} and (a.departments = '{}' or $1 = any(a.departments)))
          as worthwhile`,
      [department, this.config.calls.heartbeatSeconds],
    );
    return row?.worthwhile ?? false;
  }

  private waitingCalls(tx: Tx, department: string, limit: number): Promise<WaitingCall[]> {
    return tx.rows<WaitingCall>(
      `select id as "entryId", call_id as "callId", priority_rank as "priorityRank", queued_at as "queuedAt",
              required_skills as required, preferred_skills as preferred, only_agent_id as "onlyAgentId",
              declined_by as "declinedBy"
         from queue_entry where department = $1 and state = 'waiting'
        order by priority_rank, queued_at, id limit $2`,
      [department, limit],
    );
  }

  private async freeAgents(tx: Tx, department: string): Promise<{ agents: FreeAgent[]; now: Date }> {
    const rows = await tx.rows<{
      agentId: string;
      idleSince: Date | null;
      capacity: number;
      skills: SkillWish[] | null;
      now: Date;
    }>(
      `select a.id as "agentId", a.idle_since as "idleSince", clock_timestamp() as now,
              a.max_concurrent_calls - (select count(*) from agent_slot s where s.agent_id = a.id and s.call_id is not null)
                as capacity,
              (select jsonb_agg(jsonb_build_object('skill', k.skill, 'level', k.level)) from agent_skill k
                where k.agent_id = a.id) as skills
         from agent a
        where ${FREE} and (a.departments = '{}' or $1 = any(a.departments))
        order by a.idle_since nulls last, a.id limit $3`,
      [department, this.config.calls.heartbeatSeconds, AGENTS_LOOKED_AT],
    );
    const agents = rows
      .filter((row) => row.capacity > 0)
      .map((row) => ({
        agentId: row.agentId,
        idleSince: row.idleSince ?? row.now,
        capacity: row.capacity,
        skills: new Map((row.skills ?? []).map(({ skill, level }) => [skill, level])),
      }));
    return { agents, now: rows[0]?.now ?? new Date() };
  }

  /** Offers one call if both it and the agent are still to be had and nobody else holds them. */
  private async offer(tx: Tx, { call, agent, reason }: Assignment): Promise<boolean> {
    const row = await tx.one(
      `select 1 from call where id = $1 and status in ('in_queue', 'transferred') for no key update skip locked`,
      [call.callId],
    );
    if (!row) return false;
    const desk = await tx.one<AgentRow>(
      `select a.* from agent a where a.id = $1 and ${FREE} for no key update skip locked`,
      [agent.agentId, this.config.calls.heartbeatSeconds],
    );
    if (!desk) return false;
    // the look was without locks: what it saw of this call and this agent must still be so
    const stillWaits = await tx.one(
      `select 1 from queue_entry where id = $1 and state = 'waiting'
          and $2 > (select count(*) from agent_slot where agent_id = $3 and call_id is not null)`,
      [call.entryId, desk.max_concurrent_calls, desk.id],
    );
    if (!stillWaits) return false;
    const locked = await this.ledger.locked(tx, call.callId);
    await this.offers.make(tx, ACTOR, locked, desk, { purpose: 'queue', why: reason, cause: reason.rule });
    return true;
  }
}

function firstRelaxation(calls: readonly WaitingCall[], now: Date): Date | undefined {
  const all = calls.map((call) => nextRelaxation(call, now)).filter((at): at is Date => at !== undefined);
  return all.sort((a, b) => a.getTime() - b.getTime())[0];
}

/**
 * Who may be offered a call: available, or on a call with a hand free; and not silent for too long ($2 seconds) once he
 * has given signs of life.
 */
const FREE = `a.is_active and (a.status = 'available' or a.status = 'on_call' and a.max_concurrent_calls > 1
  and a.pending_status is null)
  and (a.last_seen_at is null or a.last_seen_at > clock_timestamp() - make_interval(secs => $2))`;
