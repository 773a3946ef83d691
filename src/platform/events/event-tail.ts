import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../database/database';
import { Notifier } from '../database/notifier';
import { type Viewpoint, visibleSql } from './audience';
import { NUMBERED } from './event-relay';
import type { NumberedEvent } from './planners';

const BATCH = 500;
const LOOK_MS = 1000;

/** Follows the numbered log in this process, and reads it backwards in time for those who come back. */
@Injectable()
export class EventTail implements OnApplicationShutdown {
  private readonly logger = new Logger(EventTail.name);
  private readonly followers = new Set<(events: NumberedEvent[]) => void>();
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
  async follow(follower: (events: NumberedEvent[]) => void): Promise<void> {
    this.followers.add(follower);
    this.started ??= this.start();
    await this.started;
  }

  private async start(): Promise<void> {
    this.position = await this.endOfLog();
    this.stopListening = this.notifier.listen(NUMBERED, () => this.wake());
    this.timer = setInterval(() => this.wake(), LOOK_MS);
  }

  /** The number of the newest event in the log; 0 when there is none. */
  async endOfLog(): Promise<number> {
    return (await this.database.read.one<{ last_seq: number }>('select last_seq from event_counter'))?.last_seq ?? 0;
  }

  /** The number before the oldest event that is still kept: whoever has seen less must reload. */
  async startOfLog(): Promise<number> {
    const row = await this.database.read.one<{ first: number | null }>('select min(seq) as first from event');
    return row?.first != null ? row.first - 1 : this.endOfLog();
  }

  /** Up to `limit` events after `seq` that may be seen from this viewpoint, in order; test events are left out. */
  async since(seq: number, view: Viewpoint, limit: number, upTo?: number): Promise<NumberedEvent[]> {
    const params: unknown[] = [seq, limit];
    const visible = visibleSql(view, 'e', params);
    const end = upTo === undefined ? '' : `and e.seq <= $${params.push(upTo)}`;
    return this.database.read.rows<NumberedEvent>(
      `select e.* from event e where e.seq > $1 ${end} and not e.is_test and ${visible} order by e.seq limit $2`,
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
        const events = await this.database.read.rows<NumberedEvent>(
          'select * from event where seq > $1 order by seq limit $2',
          [this.position, BATCH],
        );
        const last = events.at(-1);
        if (!last) return;
        this.position = last.seq;
        for (const follower of this.followers) follower(events);
        if (events.length < BATCH) return;
      }
    } catch (error) {
      this.logger.warn(`tail: ${(error as Error).message}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopListening?.();
    await this.reading;
  }
}
