import { Injectable, Logger, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config';
import { Database, isPassing, type Tx } from '../database/database';
import { Notifier } from '../database/notifier';
import { Leader } from '../database/leader';
import { newId } from '../time/ids';
import { APPENDED } from './event-log';
import { type EventPlanner, EventPlanners, type NumberedEvent } from './planners';

/** Rung after events have been given their numbers; live connections listen. */
export const NUMBERED = 'event_numbered';

const BATCH = 500;
/** A ring may be lost; the relay looks by itself this often. */
const LOOK_MS = 1000;

/**
 * The clerk: gives committed events their number and lets every planner write what is owed, in one transaction.
 *
 * One process leads, so that the others do not wait on it; correctness does not rest on that: the counter row is locked
 * in the same transaction, so two relays at once would take turns. `seq` has no gaps and never goes back.
 */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EventRelay.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly notifier: Notifier,
    private readonly planners: EventPlanners,
    private readonly leader: Leader,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.stopListening = this.notifier.listen(APPENDED, () => this.wake());
    this.leader.lead('event-relay', () => this.wake());
    this.timer = setInterval(() => this.wake(), LOOK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    this.stopListening?.();
    await this.running;
  }

  private wake(): void {
    if (this.stopped || !this.leader.leads('event-relay')) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.drain().finally(() => {
      this.running = undefined;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    });
  }

  private async drain(): Promise<void> {
    try {
      while (!this.stopped && (await this.relayBatch()) === BATCH);
    } catch (error) {
      this.logger.error(`relay: ${(error as Error).message}`);
    }
  }

  /** Numbers and plans one batch; returns how many events it held. */
  async relayBatch(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const counter = await tx.one<{ last_seq: number }>('select last_seq from event_counter for update');
      if (!counter) throw new Error('the event counter is gone');
      const waiting = await tx.rows<{ id: string }>(
        'select id from event where seq is null order by position limit $1',
        [BATCH],
      );
      if (waiting.length === 0) return 0;
      const last = counter.last_seq + waiting.length;
      const events = await tx.rows<NumberedEvent>(
        `update event e set seq = $2 + n.ordinal
           from unnest($1::uuid[]) with ordinality as n(id, ordinal)
          where e.id = n.id returning e.*`,
        [waiting.map((row) => row.id), counter.last_seq],
      );
      events.sort((a, b) => a.seq - b.seq);
      await tx.rows('update event_counter set last_seq = $1', [last]);
      for (const planner of this.planners.all()) await this.plan(tx, planner, events);
      tx.afterCommit(() => this.notifier.ring(NUMBERED, String(last)));
      return events.length;
    });
  }

  /** A planner that throws parks the event it threw on and reports it; the other events and planners go on. */
  private async plan(tx: Tx, planner: EventPlanner, events: NumberedEvent[]): Promise<void> {
    const wanted = events.filter(
      (event) => (planner.events?.includes(event.name) ?? true) && (!event.is_test || planner.wantsTests === true),
    );
    if (wanted.length === 0) return;
    try {
      await tx.savepoint(() => planner.plan(tx, wanted));
    } catch (error) {
      // What passes concerns the whole transaction, which is run again; one bad event only itself.
      if (isPassing(error)) throw error;
      if (wanted.length > 1) {
        for (const event of wanted) await this.plan(tx, planner, [event]);
        return;
      }
      const [event] = wanted as [NumberedEvent];
      this.logger.error(
        { planner: planner.name, event: event.id, name: event.name },
        `event parked: ${(error as Error).message}`,
      );
      await tx.rows(
        `insert into event_parked (id, event_id, planner, error) values ($1, $2, $3, $4)
         on conflict (event_id, planner) do nothing`,
        [newId(), event.id, planner.name, (error as Error).message.slice(0, 1000)],
      );
    }
  }
}
