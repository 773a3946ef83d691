import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../../src/platform/time/ids';
import { broken, unfinished } from './invariants';
import { type Answer, type Order, Processes, type SimulatedAgent } from './orders';

/** How big, and what happens to it. */
export interface Scenario {
  databaseUrl: string;
  dataDir: string;
  processes: number;
  agents: number;
  calls: number;
  /** Callers who ring per second. */
  perSecond: number;
  /** kill -9 of a process when so many calls have rung; none when undefined. */
  killAt?: number;
  /** Starts another in place of the killed one. */
  replace?: boolean;
  /** Gives up after so long without the end of any call. */
  stuckMs: number;
  /** OFFER_TIMEOUT_SECONDS of its processes. */
  offerSeconds?: string;
  say?: (line: string) => void;
}

/** What was seen. */
export interface Outcome {
  calls: number;
  broken: string[];
  unfinished: string[];
  unexpected: string[];
  lost: number;
  checks: number;
  statuses: Record<string, number>;
  offers: Record<string, number>;
  seconds: number;
}

const DEPARTMENTS = ['reception', 'sales', 'complaints'];
/** What may be answered when two do something at once, or when a call is over meanwhile. */
const EXPECTED = new Set([
  'ILLEGAL_TRANSITION',
  'NOT_POSSIBLE_NOW',
  'OFFER_OVER',
  'OFFER_NOT_FOUND',
  'AGENT_NOT_FREE',
  'ILLEGAL_AGENT_STATUS',
]);

const some = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
const chance = (percent: number): boolean => Math.random() * 100 < percent;
const between = (from: number, to: number): number => from + Math.random() * (to - from);

/** A floor of agents and callers at random, over several processes, one of which is killed; looks whether all holds. */
export class FloorSimulation {
  private readonly processes = new Processes();
  private readonly agents: SimulatedAgent[] = [];
  private readonly unexpected = new Map<string, number>();
  private readonly seen = new Set<string>();
  private readonly going = new Set<Promise<unknown>>();
  private readonly problems = new Set<string>();
  private lost = 0;
  private checks = 0;
  private isOver = false;

  constructor(private readonly scenario: Scenario) {}

  async run(): Promise<Outcome> {
    const start = Date.now();
    const client = new pg.Client({ connectionString: this.scenario.databaseUrl });
    await client.connect();
    try {
      await this.hire(client);
      for (let n = 0; n < this.scenario.processes; n += 1) await this.startProcess();
      const watching = this.watch();
      await this.ring();
      await this.settle(client);
      this.isOver = true;
      await watching;
      await Promise.all(this.going);
      return await this.outcome(client, start);
    } finally {
      this.isOver = true;
      await this.processes.stop();
      await client.end();
    }
  }

  private startProcess(): Promise<void> {
    return this.processes.start(this.scenario.databaseUrl, {
      DATA_DIR: this.scenario.dataDir,
      OFFER_TIMEOUT_SECONDS: this.scenario.offerSeconds ?? '2',
      MAX_MISSED_OFFERS: '2',
      WRAP_UP_SECONDS: '0.2',
      AGENT_HEARTBEAT_SECONDS: '86400',
    });
  }

  private async hire(client: pg.Client): Promise<void> {
    for (let n = 1; n <= this.scenario.agents; n += 1) {
      const agent = { id: newId(), code: `SIM-${n}`, userId: newId() };
      this.agents.push(agent);
      const departments = n % 7 === 0 ? [] : [DEPARTMENTS[n % 3], ...(n % 5 === 0 ? [DEPARTMENTS[(n + 1) % 3]] : [])];
      await client.query(
        `with a as (
           insert into agent (id, code, name, departments, status, idle_since, max_concurrent_calls)
           values ($1, $2, $2, $3, 'available', now(), $4) returning id)
         insert into agent_status_interval (id, agent_id, status, started_at, changed_by)
         select $5, id, 'available', now(), '{}' from a`,
        [agent.id, agent.code, departments, n % 10 === 0 ? 2 : 1, newId()],
      );
    }
  }

  /** Has it done by any process; again by another where the first died with it. */
  private async have(order: Omit<Order, 'id'>): Promise<Answer> {
    for (;;) {
      const answer = await this.processes.order(order);
      if (answer.lost) {
        this.lost += 1;
        continue;
      }
      if (answer.error && !EXPECTED.has(answer.code ?? '')) {
        const line = `${order.do}: ${answer.code} ${answer.error}`;
        this.unexpected.set(line, (this.unexpected.get(line) ?? 0) + 1);
      }
      return answer;
    }
  }

  private later(work: () => Promise<unknown>): void {
    const one: Promise<unknown> = work().finally(() => this.going.delete(one));
    this.going.add(one);
  }

  private async ring(): Promise<void> {
    const { calls, perSecond, killAt } = this.scenario;
    const start = Date.now();
    for (let n = 0; n < calls; n += 1) {
      this.later(() => this.caller(n));
      if (n === killAt) {
        this.processes.killOne();
        this.scenario.say?.(`killed a process at call ${n}`);
        if (this.scenario.replace) this.later(() => this.startProcess());
      }
      const due = start + ((n + 1) * 1000) / perSecond;
      if (due > Date.now()) await pause(due - Date.now());
      // a slow machine must not be buried
      while (this.going.size > 150) await pause(10);
    }
  }

  private async caller(n: number): Promise<void> {
    const phone = `+9665${String(10_000_000 + (n % 900)).slice(0, 8)}`;
    const { value } = await this.have({ do: 'ring', phone, n, department: some(DEPARTMENTS) });
    if (!value || !chance(8)) return;
    await pause(between(0, 1500));
    await this.have({ do: 'hang-up', call: value });
  }

  /** Agents look at what is offered to them, and come back from their breaks; invariants are looked at meanwhile. */
  private async watch(): Promise<void> {
    const client = new pg.Client({ connectionString: this.scenario.databaseUrl });
    await client.connect();
    const byId = new Map(this.agents.map((agent) => [agent.id, agent]));
    while (!this.isOver) {
      const offers = await client.query<{ id: string; agent_id: string; code: string; purpose: string }>(
        `select o.id, o.agent_id, c.code, o.purpose from call_offer o join call c on c.id = o.call_id where o.state = 'live'`,
      );
      for (const offer of offers.rows) {
        const agent = byId.get(offer.agent_id);
        if (!agent || this.seen.has(offer.id)) continue;
        this.seen.add(offer.id);
        this.later(() => this.answer(agent, offer.code, offer.purpose));
      }
      const away = await client.query<{ id: string }>(`select id from agent where status = 'on_break'`);
      await Promise.all(
        away.rows.map(({ id }) => this.have({ do: 'available', agent: byId.get(id) as SimulatedAgent })),
      );
      // whom the killed process had taken down but not yet queued
      const stranded = await client.query<{ code: string }>(
        `select code from call where status = 'initiated' and started_at < clock_timestamp() - interval '5 s'`,
      );
      for (const { code } of stranded.rows) await this.have({ do: 'route', call: code, department: some(DEPARTMENTS) });
      for (const problem of await broken(client)) this.problems.add(problem);
      this.checks += 1;
      await pause(50);
    }
    await client.end();
  }

  private async answer(agent: SimulatedAgent, call: string, purpose: string): Promise<void> {
    await pause(between(0, 60));
    if (chance(6)) return;
    if (chance(8)) {
      await this.have({ do: 'reject', agent, call });
      return;
    }
    const accepted = await this.have({ do: 'accept', agent, call });
    if (accepted.error || purpose === 'consult') return;
    await this.talk(agent, call);
  }

  private async talk(agent: SimulatedAgent, call: string): Promise<void> {
    await pause(between(10, 250));
    if (chance(20)) {
      await this.have({ do: 'hold', agent, call });
      await this.have({ do: 'resume', agent, call });
    }
    if (chance(5)) {
      const handed = await this.have({ do: 'transfer', agent, call, department: some(DEPARTMENTS) });
      if (!handed.error) return;
    }
    if (chance(5)) {
      const handed = await this.have({ do: 'transfer-to', agent, call, target: some(this.agents).code });
      if (!handed.error) return;
    }
    if (chance(6)) {
      const asked = await this.have({ do: 'consult', agent, call, target: some(this.agents).code });
      if (!asked.error) {
        await pause(between(0, 150));
        const done = await this.have({ do: chance(50) ? 'complete' : 'cancel', agent, call });
        // handed over: whoever has it now is played by nobody, so the caller ends it
        void done;
      }
    }
    await this.have({ do: 'end', agent, call });
  }

  /** Until every call is over, as long as calls go on ending; conversations that nobody plays are ended by the caller. */
  private async settle(client: pg.Client): Promise<void> {
    let left = Infinity;
    let since = Date.now();
    for (;;) {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from call where ended_at is null or exists (
           select 1 from agent_slot s where s.call_id = call.id)`,
      );
      const now = rows[0]?.n ?? 0;
      if (now === 0 && this.going.size === 0) return;
      if (now < left) {
        left = now;
        since = Date.now();
      }
      if (Date.now() - since > this.scenario.stuckMs) return;
      const talking = await client.query<{ code: string }>(
        `select code from call where status in ('in_progress', 'on_hold')
            and changed_at < clock_timestamp() - interval '3 s'`,
      );
      for (const { code } of talking.rows) await this.have({ do: 'hang-up', call: code });
      this.scenario.say?.(`${now} calls go on`);
      await pause(200);
    }
  }

  private async outcome(client: pg.Client, start: number): Promise<Outcome> {
    const count = async (sql: string): Promise<Record<string, number>> => {
      const { rows } = await client.query<{ k: string; n: number }>(sql);
      return Object.fromEntries(rows.map((row) => [row.k, row.n]));
    };
    const rung = await client.query<{ n: number }>(`select count(distinct metadata->>'n')::int as n from call`);
    return {
      calls: rung.rows[0]?.n ?? 0,
      broken: [...this.problems],
      unfinished: await unfinished(client),
      unexpected: [...this.unexpected].map(([line, n]) => `${n} × ${line}`),
      lost: this.lost,
      checks: this.checks,
      statuses: await count('select status as k, count(*)::int as n from call group by 1 order by 1'),
      offers: await count('select state as k, count(*)::int as n from call_offer group by 1 order by 1'),
      seconds: Math.round((Date.now() - start) / 100) / 10,
    };
  }
}
