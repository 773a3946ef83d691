import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { DatabaseUrl } from './database-url';

type Listener = (payload: string) => void;

const RECONNECT_MS = 500;
/**
 * The least time between two NOTIFYs. The first of a burst goes out at once; each wakes every process of the house, so
 * under load a few milliseconds of gathering save more than they cost.
 */
const GATHER_MS = 10;

/** A connection nobody uses may be dropped by a firewall on the way without either end being told; so it is asked. */
export interface Heartbeat {
  everyMs: number;
  answerWithinMs: number;
}

/**
 * LISTEN and NOTIFY on one connection of this process. A ring is a hint, never a record: a NOTIFY can be lost while
 * the connection is down, so whoever listens also looks from time to time.
 *
 * Rings of one channel that are waiting to be sent are sent once: a thousand commits at once cost a handful of NOTIFYs.
 * No NOTIFY ever runs inside a transaction that writes, because PostgreSQL serialises the commits of such transactions.
 */
@Injectable()
export class Notifier implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Notifier.name);
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly waiting = new Map<string, string>();
  private client: pg.Client | undefined;
  private sending = false;
  private before: Promise<unknown> = Promise.resolve();
  private closed = false;
  private retry: NodeJS.Timeout | undefined;
  private beating: NodeJS.Timeout | undefined;
  heartbeat: Heartbeat = { everyMs: 10_000, answerWithinMs: 5_000 };

  constructor(private readonly url: DatabaseUrl) {}

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  /** Calls `listener` for each ring of `channel`, and once after every reconnect (with an empty payload). */
  listen(channel: string, listener: Listener): () => void {
    const set = this.listeners.get(channel) ?? new Set();
    set.add(listener);
    this.listeners.set(channel, set);
    if (set.size === 1 && this.client) this.ask(this.client, `listen "${channel}"`).catch(() => undefined);
    return () => set.delete(listener);
  }

  /** Rings `channel` soon. Of several rings waiting with the same channel and payload one is sent. */
  ring(channel: string, payload = ''): void {
    this.waiting.set(`${channel}\n${payload}`, payload);
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.sending || !this.client) return;
    this.sending = true;
    try {
      while (this.waiting.size > 0 && this.client) {
        await this.say(this.client);
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      }
    } catch (error) {
      this.logger.warn(`ring failed: ${(error as Error).message}`);
    } finally {
      this.sending = false;
    }
  }

  private async say(client: pg.Client): Promise<void> {
    const batch = [...this.waiting.entries()];
    this.waiting.clear();
    if (batch.length === 0) return;
    await this.ask(client, 'select pg_notify(c, p) from unnest($1::text[], $2::text[]) as r(c, p)', [
      batch.map(([key]) => key.slice(0, key.indexOf('\n'))),
      batch.map(([, payload]) => payload),
    ]);
  }

  /** One statement after the other: a connection does not queue them. One that fails ends the connection. */
  private ask(client: pg.Client, sql: string, params: unknown[] = []): Promise<unknown> {
    const asked = this.before.then(() => client.query(sql, params));
    this.before = asked.catch(() => this.lost(client));
    return asked;
  }

  private async connect(): Promise<void> {
    if (this.closed) return;
    const client = new pg.Client({
      connectionString: this.url.value,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: this.heartbeat.answerWithinMs,
      query_timeout: this.heartbeat.answerWithinMs,
      application_name: 'call-centre (bells)',
    });
    client.on('notification', ({ channel, payload }) => this.deliver(channel, payload ?? ''));
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`listen "${channel}"`);
      if (this.closed) return void client.end().catch(() => undefined);
      this.client = client;
      // what waits for an answer of the connection before this one waits for nothing
      this.before = Promise.resolve();
      this.beating = setInterval(
        () => void this.ask(client, 'select 1').catch(() => undefined),
        this.heartbeat.everyMs,
      );
      for (const channel of this.listeners.keys()) this.deliver(channel, '');
      void this.send();
    } catch (error) {
      this.logger.warn(`cannot listen: ${(error as Error).message}`);
      client.removeAllListeners('end');
      void client.end().catch(() => undefined);
      this.later();
    }
  }

  private deliver(channel: string, payload: string): void {
    for (const listener of this.listeners.get(channel) ?? []) {
      try {
        listener(payload);
      } catch (error) {
        this.logger.error(`listener of ${channel}: ${(error as Error).message}`);
      }
    }
  }

  private lost(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    clearInterval(this.beating);
    void client.end().catch(() => undefined);
    this.later();
  }

  private later(): void {
    if (this.closed || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      void this.connect();
    }, RECONNECT_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    clearInterval(this.beating);
    const client = this.client;
    // what was rung in the last moments is still said: others would find it only when they look by themselves
    if (client) await this.say(client).catch(() => undefined);
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }
}
