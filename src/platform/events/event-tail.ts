import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../database/database';
import { Notifier } from '../database/notifier';
import { type Viewpoint, visibleSql } from './audience';
import { NUMBERED } from './event-relay';
import type { NumberedEvent } from './planners';

const BATCH = 500;
const LOOK_MS = 1000;

/** The part of the log that is kept. */
export interface LogBounds {
  trimmed: number;
  last: number;
}

/** How much of the log is wanted. */
export interface Excerpt {
  limit: number;
  /** The last number to look at; bounds what a viewer of few events makes the database read. */
  upTo?: number;
  /** Only events of these names. */
  names?: readonly string[];
}

/** Is handed the events in order; the tail reads on when it has settled. */
export type Follower = (events: NumberedEvent[]) => void | Promise<void>;

/** Follows the numbered log in this process, and reads it backwards in time for those who come back. */
@Injectable()
export class EventTail implements OnApplicationShutdown {
  private readonly logger = new Logger(EventTail.name);
  private readonly followers = new Set<Follower>();
  private position = -1;
  private started: Promise<void> | undefined;
  private reading: Promise<void> | undefined;
  private again = false;
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly database: Database,
    private readonly notifier: Notifier,
  ) {}

  /** The number of the last event handed to the followers. */
  get lastSeq(): number {
    return this.position;
  }

  /**
   * Hands every event numbered from now on to `follower`, in order, once. Starts the tail with its first follower and
   * resolves when the tail stands at the end of the log.
   */
  async follow(follower: Follower): Promise<void> {
    this.followers.add(follower);
    // a start that failed is tried again by whoever comes next
    this.started ??= this.start().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    await this.started;
  }

  private async start(): Promise<void> {
    this.position = await this.endOfLog();
    this.stopListening = this.notifier.listen(NUMBERED, () => this.wake());
    this.timer = setInterval(() => this.wake(), LOOK_MS);
    // what was numbered between the two lines above
    this.wake();
  }

  /** The number of the newest event in the log; 0 when there is none. */
  async endOfLog(): Promise<number> {
    return (await this.bounds()).last;
  }

  /** What is kept: events numbered above `trimmed`, up to `last`. Whoever has seen less than `trimmed` must reload. */
  async bounds(): Promise<LogBounds> {
    const row = await this.database.read.one<LogBounds>(
      'select trimmed_seq as trimmed, last_seq as last from event_counter',
    );
    return row ?? { trimmed: 0, last: 0 };
  }

  /** Events after `seq` that may be seen from this viewpoint, in order; test events are left out. */
  async since(seq: number, view: Viewpoint, { limit, upTo, names }: Excerpt): Promise<NumberedEvent[]> {
    const params: unknown[] = [seq, limit];
    const visible = visibleSql(view, 'e', params);
    const end = upTo === undefined ? '' : `and e.seq <= $${params.push(upTo)}`;
    const named = names === undefined ? '' : `and e.name = any($${params.push(names)}::text[])`;
    return this.database.read.rows<NumberedEvent>(
      `select e.* from event e where e.seq > $1 ${end} and not e.is_test ${named} and ${visible}
        order by e.seq limit $2`,
      params,
    );
  }

  private wake(): void {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = this.readOn().finally(() => {
      this.reading = undefined;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    });
  }

  private async readOn(): Promise<void> {
    try {
      for (;;) {
        const events = await this.database.read.often<NumberedEvent>(
          'select * from event where seq > $1 order by seq limit $2',
          [this.position, BATCH],
        );
        const last = events.at(-1);
        if (!last) return;
        this.position = last.seq;
        for (const follower of this.followers) await this.hand(follower, events);
        if (events.length < BATCH) return;
      }
    } catch (error) {
      this.logger.warn(`tail: ${(error as Error).message}`);
    }
  }

  private async hand(follower: Follower, events: NumberedEvent[]): Promise<void> {
    try {
      await follower(events);
    } catch (error) {
      this.logger.error(`a follower failed: ${(error as Error).message}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopListening?.();
    await this.reading;
  }
}
