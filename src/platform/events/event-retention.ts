import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config';
import { Database } from '../database/database';
import { Leader } from '../database/leader';

const DUTY = 'event-retention';
const LOOK_MS = 60 * 60 * 1000;
const BATCH = 1000;

interface Sweep {
  looked: number;
  deleted: number;
}

/**
 * Deletes numbered events older than EVENT_RETENTION_DAYS, from the beginning of the log on, and remembers up to which
 * number. An event that a planner could not plan stays, with its record, until somebody has dealt with it. Whoever
 * still needs an event's content beyond that keeps a copy (deliveries do) or holds it by a foreign key.
 */
@Injectable()
export class EventRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EventRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly leader: Leader,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.leader.lead(DUTY, () => this.look());
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  private look(): void {
    if (this.stopped || this.running || !this.leader.leads(DUTY)) return;
    this.running = this.sweep()
      .then((deleted) => {
        if (deleted > 0) this.logger.log(`${deleted} events were older than ${this.config.eventRetentionDays} days`);
      })
      .catch((error: Error) => this.logger.error(`retention: ${error.message}`))
      .finally(() => (this.running = undefined));
  }

  /** Deletes everything that is too old, batch by batch, and says how many events that were. */
  async sweep(): Promise<number> {
    let deleted = 0;
    for (;;) {
      const batch = await this.sweepBatch();
      deleted += batch.deleted;
      if (batch.looked < BATCH || this.stopped) return deleted;
    }
  }

  /** One transaction: only a few rows are locked, and the relay waits on the counter no longer than one statement. */
  private sweepBatch(): Promise<Sweep> {
    return this.database.transaction(async (tx) => {
      const next = await tx.rows<{ id: string; seq: number; old: boolean; parked: boolean }>(
        `select e.id, e.seq, e.occurred_at < now() - make_interval(days => $1) as old,
                exists (select 1 from event_parked p where p.event_id = e.id) as parked
           from event e where e.seq > (select trimmed_seq from event_counter) order by e.seq limit $2`,
        [this.config.eventRetentionDays, BATCH],
      );
      // what is deleted is always the beginning of the log, without holes, so that one number tells where it starts
      const young = next.findIndex((event) => !event.old);
      const old = young === -1 ? next : next.slice(0, young);
      const last = old.at(-1);
      if (!last) return { looked: 0, deleted: 0 };
      const ids = old.filter((event) => !event.parked).map((event) => event.id);
      await tx.rows('delete from event where id = any($1::uuid[])', [ids]);
      await tx.rows('update event_counter set trimmed_seq = greatest(trimmed_seq, $1)', [last.seq]);
      return { looked: old.length, deleted: ids.length };
    });
  }
}
