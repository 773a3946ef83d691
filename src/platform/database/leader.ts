import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { createHash } from 'node:crypto';
import { DatabaseUrl } from './database-url';
import type { Heartbeat } from './notifier';

const TRY_MS = 1000;

/**
 * Elects one process for each named duty by a session-level advisory lock on a connection of its own. When the process
 * or its connection dies, PostgreSQL frees the lock and another process has it within about a second.
 *
 * A leader that has lost its connection may work on for a moment: duties must be safe when two do them.
 */
@Injectable()
export class Leader implements OnApplicationShutdown {
  private readonly logger = new Logger(Leader.name);
  private readonly duties = new Map<string, { held: boolean; onElected: () => void }>();
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private campaigning = false;
  private closed = false;
  private askedAt = 0;
  /** A leader whose connection was dropped on the way holds no lock any more: he asks, and resigns without an answer. */
  heartbeat: Heartbeat = { everyMs: 5_000, answerWithinMs: 5_000 };

  constructor(private readonly url: DatabaseUrl) {}

  /** Stands for election from now on; `onElected` is called whenever this process is elected. */
  lead(duty: string, onElected: () => void): void {
    this.duties.set(duty, { held: false, onElected });
    this.timer ??= setInterval(() => void this.campaign(), TRY_MS);
    void this.campaign();
  }

  /** Whether this process has the duty at present. */
  leads(duty: string): boolean {
    return this.duties.get(duty)?.held ?? false;
  }

  private async campaign(): Promise<void> {
    if (this.campaigning || this.closed) return;
    this.campaigning = true;
    try {
      const client = this.client ?? (await this.connect());
      if (performance.now() - this.askedAt > this.heartbeat.everyMs) {
        await client.query('select 1');
        this.askedAt = performance.now();
      }
      for (const [duty, state] of this.duties) {
        if (state.held) continue;
        const { rows } = await client.query<{ got: boolean }>(
          'select pg_try_advisory_lock($1, $2) as got',
          lockKey(duty),
        );
        if (rows[0]?.got && this.client === client) {
          state.held = true;
          state.onElected();
        }
      }
    } catch (error) {
      if (!this.closed) this.logger.warn(`election: ${(error as Error).message}`);
      this.resign();
    } finally {
      this.campaigning = false;
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url.value,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: this.heartbeat.answerWithinMs,
      query_timeout: this.heartbeat.answerWithinMs,
      application_name: 'call-centre (leader)',
    });
    // a connection given up long ago may still end: that concerns the present one no more
    const ended = (): void => {
      if (this.client === client) this.resign();
    };
    client.on('error', ended);
    client.on('end', ended);
    await client.connect();
    if (this.closed) {
      await client.end();
      throw new Error('closed meanwhile');
    }
    this.client = client;
    return client;
  }

  private resign(): void {
    const client = this.client;
    this.client = undefined;
    for (const state of this.duties.values()) state.held = false;
    void client?.end().catch(() => undefined);
  }

  onApplicationShutdown(): void {
    this.closed = true;
    clearInterval(this.timer);
    this.resign();
  }
}

/** Two int4 halves of a hash of the duty's name, in a space of our own. */
function lockKey(duty: string): [number, number] {
  const hash = createHash('sha256').update(`call-centre duty ${duty}`).digest();
  return [hash.readInt32BE(0), hash.readInt32BE(4)];
}
