import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, isPassing, type Tx } from '../database/database';
import { defineSweep } from '../jobs/define-job';
import { JobRunner } from '../jobs/job-runner';
import { newId } from '../time/ids';
import type { InboxMessage } from './inbox-message.entity';

/** A verified message, by the name its sender has for it. */
export interface Message<Body extends object = object> {
  source: string;
  externalId: string;
  body: Body;
}

/** What came of a message. */
export interface Received {
  answer: string;
  isRepeat: boolean;
}

/** Does what a message says and returns the answer to it. */
export type InboxWork = (tx: Tx) => Promise<string>;

const SWEEP = defineSweep({ name: 'platform.inbox', everySeconds: 2 });
const MOST_ATTEMPTS = 10;
const AT_ONCE = 50;
const KEPT_DAYS = 30;

/** Takes messages from outside: each is obeyed once, however often and however many at a time it is sent. */
@Injectable()
export class Inbox implements OnModuleInit {
  private readonly logger = new Logger('Inbox');
  private readonly handlers = new Map<string, (tx: Tx, body: object) => Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.registerSweep(SWEEP, () => this.sweep());
  }

  /** Says what is done with owed messages of a source; call it in `onModuleInit`. */
  register(source: string, handler: (tx: Tx, body: object) => Promise<void>): void {
    if (this.handlers.has(source)) throw new Error(`inbox source ${source} has two handlers`);
    this.handlers.set(source, handler);
  }

  /**
   * Keeps the message and does its work in one transaction, unless it has been received before: then the stored answer
   * is returned and nothing is done. When the work throws, nothing is kept.
   */
  receive(message: Message, work: InboxWork): Promise<Received> {
    return this.database.transaction(async (tx) => {
      const id = await this.keep(tx, message);
      if (!id) return this.repeated(tx, message);
      const answer = await work(tx);
      await tx.rows(`update inbox_message set body = null, answer = $2 where id = $1`, [id, answer]);
      return { answer, isRepeat: false };
    });
  }

  /**
   * As `receive`, for a message whose answer does not depend on it: when its registered handler throws, the message is
   * kept as owed and handled again a little later.
   */
  take(message: Message, answer: string): Promise<Received> {
    const handler = this.handlers.get(message.source);
    if (!handler) throw new Error(`inbox source ${message.source} has no handler`);
    return this.database.transaction(async (tx) => {
      const id = await this.keep(tx, message);
      if (!id) return this.repeated(tx, message);
      await this.attempt(tx, { id, source: message.source, attempts: 0 }, message.body, handler);
      await tx.rows('update inbox_message set answer = $2 where id = $1', [id, answer]);
      return { answer, isRepeat: false };
    });
  }

  private async keep(tx: Tx, message: Message): Promise<string | undefined> {
    const row = await tx.one<{ id: string }>(
      `insert into inbox_message (id, source, external_id, body, answer, state) values ($1, $2, $3, $4, '', 'done')
       on conflict (source, external_id) do nothing returning id`,
      [newId(), message.source, message.externalId, JSON.stringify(message.body)],
    );
    return row?.id;
  }

  private async repeated(tx: Tx, { source, externalId }: Message): Promise<Received> {
    const row = await tx.one<{ answer: string }>(
      'select answer from inbox_message where source = $1 and external_id = $2',
      [source, externalId],
    );
    return { answer: row?.answer ?? '', isRepeat: true };
  }

  private async attempt(
    tx: Tx,
    row: Pick<InboxMessage, 'id' | 'source' | 'attempts'>,
    body: object,
    handler: (tx: Tx, body: object) => Promise<void>,
  ): Promise<void> {
    try {
      await tx.savepoint(() => handler(tx, body));
      await tx.rows(`update inbox_message set state = 'done', body = null, due_at = null where id = $1`, [row.id]);
    } catch (error) {
      if (isPassing(error)) throw error;
      const attempts = row.attempts + 1;
      const isOver = attempts >= MOST_ATTEMPTS;
      this.logger.warn(`${row.source}: ${(error as Error).message} (attempt ${attempts})`);
      await tx.rows(
        `update inbox_message set state = $2, attempts = $3, error = $4, body = case when $5::boolean then null else body end,
           due_at = case when $5::boolean then null else clock_timestamp() + make_interval(secs => $6) end where id = $1`,
        [
          row.id,
          isOver ? 'failed' : 'owed',
          attempts,
          (error as Error).message.slice(0, 500),
          isOver,
          2 ** (attempts - 1) / 2,
        ],
      );
    }
  }

  /** Does what is owed and due, oldest first, and lets old rows go. */
  async sweep(): Promise<void> {
    const due = await this.database.read.rows<{ id: string }>(
      'select id from inbox_message where due_at <= clock_timestamp() order by due_at limit $1',
      [AT_ONCE],
    );
    for (const { id } of due) {
      await this.database.transaction(async (tx) => {
        const row = await tx.one<InboxMessage>(
          'select * from inbox_message where id = $1 and due_at <= clock_timestamp() for update skip locked',
          [id],
        );
        const handler = row && this.handlers.get(row.source);
        if (row?.body && handler) await this.attempt(tx, row, row.body, handler);
      });
    }
    await this.database.transaction((tx) =>
      tx.rows(
        `delete from inbox_message where id in (
           select id from inbox_message where state <> 'owed' and created_at < now() - make_interval(days => $1) limit 1000)`,
        [KEPT_DAYS],
      ),
    );
  }
}
