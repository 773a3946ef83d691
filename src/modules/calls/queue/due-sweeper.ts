import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { Notifier } from '../../../platform/database/notifier';
import { DUE } from './due-bell';

/** Something in rows that falls due: which rows are, and what is done with each. */
export interface DueKind {
  name: string;
  /** `select <id> as id, <when> as at from … where <it can fall due>`, served by an index on the time. */
  sql: string;
  /**
   * In a transaction of its own; looks again whether it is still due, for another process may have been first. False: it
   * was in other hands, which may be doing this very thing; it is looked at again a little later.
   */
  handle(id: string): Promise<boolean | void>;
}

const SWEEP_MS = 2000;
const AT_ONCE = 50;
/** When somebody else held what was due. */
const AGAIN_MS = 100;
/** How many of one kind are handled side by side. */
const HANDS = 3;
/** setTimeout takes no more. */
const FARTHEST_MS = 2 ** 31 - 1;

/**
 * Does what falls due, to the moment: a timer stands for the next due row, a ring brings it forward, and a slow sweep
 * catches what a lost ring would have hidden. Times are compared by the database's clock alone.
 */
@Injectable()
export class DueSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DueSweeper.name);
  private readonly kinds: DueKind[] = [];
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Infinity;
  private sweeping: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private interval: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly notifier: Notifier,
  ) {}

  /** Called in `onModuleInit`. */
  register(kind: DueKind): void {
    this.kinds.push(kind);
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.stopListening = this.notifier.listen(DUE, (payload) => this.arm(payload === '' ? 0 : Number(payload)));
    this.interval = setInterval(() => this.wake(), SWEEP_MS);
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.interval);
    clearTimeout(this.timer);
    this.stopListening?.();
    await this.sweeping;
  }

  private arm(inMs: number): void {
    const at = performance.now() + inMs;
    if (this.stopped || !(at < this.armedFor)) return;
    clearTimeout(this.timer);
    this.armedFor = at;
    this.timer = setTimeout(
      () => {
        this.armedFor = Infinity;
        this.wake();
      },
      Math.min(FARTHEST_MS, Math.max(0, inMs)),
    );
  }

  private wake(): void {
    if (this.stopped) return;
    if (this.sweeping) {
      this.again = true;
      return;
    }
    this.sweeping = this.sweep().finally(() => {
      this.sweeping = undefined;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    });
  }

  private async sweep(): Promise<void> {
    try {
      const results = await Promise.all(this.kinds.map((kind) => this.sweepKind(kind)));
      const next = Math.min(...results);
      if (next < Infinity) this.arm(next);
    } catch (error) {
      this.logger.error(`sweep: ${(error as Error).message}`);
    }
  }

  /** Handles what is due of one kind; returns the milliseconds until the next of it. */
  private async sweepKind(kind: DueKind): Promise<number> {
    const rows = await this.database.read.often<{ id: string; in_ms: number }>(
      `select id, ceil(extract(epoch from at - clock_timestamp()) * 1000)::float8 as in_ms
         from (${kind.sql}) due order by at limit ${AT_ONCE}`,
    );
    const due = shuffled(rows.filter((row) => row.in_ms <= 0));
    const seen = { done: 0, held: 0, failed: 0 };
    await Promise.all(
      Array.from({ length: HANDS }, async () => {
        for (let row = due.pop(); row && !this.stopped; row = due.pop()) seen[await this.handle(kind, row.id)]++;
      }),
    );
    const next = rows.find((row) => row.in_ms > 0);
    if (seen.held > 0) return Math.min(AGAIN_MS, next?.in_ms ?? Infinity);
    // more may be due than was read; what failed alone is no reason to hurry, the slow sweep tries it again
    if (!next && rows.length === AT_ONCE && seen.done > 0) this.again = true;
    return next?.in_ms ?? Infinity;
  }

  private async handle(kind: DueKind, id: string): Promise<'done' | 'held' | 'failed'> {
    try {
      return (await kind.handle(id)) === false ? 'held' : 'done';
    } catch (error) {
      this.logger.error({ kind: kind.name, id }, `due: ${(error as Error).message}`);
      return 'failed';
    }
  }
}

/** Each process in an order of its own, so that they do not all wait for the same row. */
function shuffled<T>(list: T[]): T[] {
  return list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
