import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { createHash } from 'node:crypto';
import { DatabaseUrl } from './database-url';

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
      this.logger.warn(`election: ${(error as Error).message}`);
      this.resign();
    } finally {
      this.campaigning = false;
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url.value,
      keepAlive: true,
      application_name: 'call-centre (leader)',
    });
    client.on('error', () => this.resign());
    client.on('end', () => this.resign());
    await client.connect();
    this.client = client;
    return client;
  }

  private resign(): void {
    const client = this.client;
    this.client = undefined;
    for (const state of this.duties.values()) state.held = false;
    client?.removeAllListeners('end');
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
