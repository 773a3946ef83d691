import { Injectable, Logger } from '@nestjs/common';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Config } from '../../platform/config/config';
import { EventTail } from '../../platform/events/event-tail';
import type { NumberedEvent } from '../../platform/events/planners';
import { catchUp } from './catch-up';
import { type Broadcaster, callerOf, type Connection, endings } from './connection';
import { complaint, established, liveEvent, reset, tooSlow } from './live-message';
import { LiveLimits } from './live.limits';
import { Turnstile } from './turnstile';
import { roomsOfEvent } from './rooms';

/**
 * Where the log meets the connections of this process. Every process tails the log for itself and tells its own
 * connections, so nothing passes between processes and nothing is told twice.
 */
@Injectable()
export class LiveHub {
  private readonly logger = new Logger(LiveHub.name);
  private readonly broadcasters: Broadcaster[] = [];
  private readonly present = new Set<Connection>();
  private readonly perCaller = new Map<string, number>();
  private readonly reads: Turnstile;
  private position = -1;
  private wakers: (() => void)[] = [];

  constructor(
    private readonly config: Config,
    private readonly tail: EventTail,
    private readonly limits: LiveLimits,
  ) {
    this.reads = new Turnstile(limits.resumeReads);
  }

  /** Starts telling; resolves when the hub stands at the end of the log. */
  async start(broadcasters: Broadcaster[]): Promise<void> {
    this.broadcasters.push(...broadcasters);
    await this.tail.follow((events) => this.fanOut(events));
    if (this.position < 0) this.position = this.tail.lastSeq;
  }

  /** Everybody who is connected to this process and signed in. */
  get connections(): ReadonlySet<Connection> {
    return this.present;
  }

  /**
   * Takes a connection in: greets it, tells what it missed since `lastSeq`, and makes it live. Without `lastSeq` it is
   * live at once. One connection too many of the same caller is refused.
   */
  async admit(connection: Connection, lastSeq: number | undefined): Promise<void> {
    const caller = callerOf(connection.actor);
    const count = this.perCaller.get(caller) ?? 0;
    const { connectionsPerCaller } = this.config.live;
    if (connectionsPerCaller > 0 && count >= connectionsPerCaller) {
      connection.end(endings.crowded, complaint('TOO_MANY_CONNECTIONS', 'You have too many live connections'));
      return;
    }
    this.perCaller.set(caller, count + 1);
    this.present.add(connection);
    try {
      if (lastSeq === undefined) {
        connection.establish(established(connection.id, this.position));
        connection.join();
      } else await this.resume(connection, lastSeq);
    } catch (error) {
      this.logger.warn(`catching up: ${(error as Error).message}`);
      this.drop(connection);
      connection.end(endings.unavailable);
    }
  }

  /** Forgets a connection that has closed or is being closed. */
  drop(connection: Connection): void {
    if (!this.present.delete(connection)) return;
    connection.part();
    const caller = callerOf(connection.actor);
    const left = (this.perCaller.get(caller) ?? 1) - 1;
    if (left > 0) this.perCaller.set(caller, left);
    else this.perCaller.delete(caller);
  }

  /** Drops those whose unsent bytes have grown beyond what a client may take up, or stay high too long. */
  dropSlow(now = Date.now()): void {
    for (const connection of this.present) {
      const backlog = connection.backlog();
      if (backlog <= this.limits.slowBytes) {
        connection.slowSince = undefined;
        continue;
      }
      connection.slowSince ??= now;
      if (backlog > this.limits.hardBytes || now - connection.slowSince >= this.limits.slowMs) this.tooSlow(connection);
    }
  }

  private tooSlow(connection: Connection): void {
    this.drop(connection);
    connection.end(endings.slow, tooSlow());
  }

  /** Tells a batch to all who may see it. Long batches are told in turns, so that sockets drain and requests run. */
  private async fanOut(events: NumberedEvent[]): Promise<void> {
    let bytes = 0;
    for (const row of events) {
      // these three belong to one turn of the event loop: catch-up.ts rests on it
      if (!row.is_test && this.present.size > 0) {
        const event = liveEvent(row);
        const rooms = roomsOfEvent(row);
        for (const broadcaster of this.broadcasters) this.send(broadcaster, rooms, event);
        bytes += event.json.length;
      }
      this.position = row.seq;
      this.wake();
      if (bytes > this.limits.turnBytes) {
        bytes = 0;
        this.dropSlow();
        await nextTurn();
      }
    }
    if (bytes > 0) this.dropSlow();
  }

  /** One protocol's failure must not keep the event from the others. */
  private send(broadcaster: Broadcaster, rooms: string[], event: ReturnType<typeof liveEvent>): void {
    try {
      broadcaster.broadcast(rooms, event);
    } catch (error) {
      this.logger.error(`event ${event.seq} could not be told: ${(error as Error).message}`);
    }
  }

  private wake(): void {
    if (this.wakers.length === 0) return;
    const woken = this.wakers;
    this.wakers = [];
    for (const wake of woken) wake();
  }

  private async resume(connection: Connection, lastSeq: number): Promise<void> {
    const { trimmed, last } = await this.tail.bounds();
    if (!connection.open) return;
    const lost =
      lastSeq > last ? 'ahead' : lastSeq < trimmed || last - lastSeq > this.limits.resumeDepth ? 'too_old' : undefined;
    if (lost) {
      connection.establish(established(connection.id, this.position));
      connection.send(reset(this.position, lost));
      connection.join();
      return;
    }
    connection.establish(established(connection.id, lastSeq));
    await catchUp(lastSeq, {
      position: () => this.position,
      moved: () => new Promise<void>((resolve) => this.wakers.push(resolve)),
      read: async (after, upTo) => {
        const rows = await this.reads.through(() =>
          this.tail.since(after, connection.viewpoint, { limit: this.limits.resumePage, upTo }),
        );
        return rows.map(liveEvent);
      },
      page: this.limits.resumePage,
      window: this.limits.resumeWindow,
      tell: (event) => {
        connection.tell(event);
        return connection.backlog() > this.limits.resumeBytes ? this.drained(connection) : undefined;
      },
      open: () => connection.open,
      join: () => connection.join(),
    });
  }

  /** Waits until the connection has taken what it was sent; one that takes nothing for `slowMs` is dropped. */
  private async drained(connection: Connection): Promise<void> {
    let least = connection.backlog();
    let since = Date.now();
    while (connection.open && least > this.limits.resumeBytes) {
      await wait(5);
      const backlog = connection.backlog();
      if (backlog < least) {
        least = backlog;
        since = Date.now();
      } else if (Date.now() - since > this.limits.slowMs) return this.tooSlow(connection);
    }
  }
}
