import { Logger } from '@nestjs/common';
import type {
  DataSource,
  EntityManager,
  EntityTarget,
  FindManyOptions,
  FindOneOptions,
  FindOptionsWhere,
  ObjectLiteral,
} from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { type Connection, isStalePlan, PreparedStatements } from './prepared-statements';

const logger = new Logger('Database');
const prepared = new PreparedStatements();

/** Serialization failure and deadlock: the whole unit of work may be run again (PostgreSQL manual, appendix A). */
const RETRIABLE = new Set(['40001', '40P01']);
const MAX_RUNS = 5;

// Not exported: only this file can make a Tx, so a write that takes one cannot compile outside a transaction.
const HAND_OUT = Symbol('Tx');

/** Reads. Rows come back as plain objects; `int8` and `numeric` are numbers (see data-source.ts). */
export class Reader {
  constructor(protected readonly manager: EntityManager) {}

  /** All rows of a statement. */
  async rows<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return returned<Row>(await this.manager.query(sql, params as unknown[]));
  }

  /**
   * The same for a statement that is run many times a second and is served by one plan whatever its values are: PostgreSQL
   * parses and plans it once per connection. Lists whose filters come and go are better planned each time.
   */
  async often<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const { master } = this.manager.dataSource.driver as unknown as { master: Connection };
    try {
      return await prepared.rows<Row>(master, sql, params);
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      return prepared.rows<Row>(master, sql, params);
    }
  }

  /** The first row of a statement, or undefined. */
  async one<Row>(sql: string, params: readonly unknown[] = []): Promise<Row | undefined> {
    return (await this.rows<Row>(sql, params))[0];
  }

  find<E extends ObjectLiteral>(entity: EntityTarget<E>, options: FindManyOptions<E>): Promise<E[]> {
    return this.manager.find(entity, options);
  }

  findOne<E extends ObjectLiteral>(entity: EntityTarget<E>, options: FindOneOptions<E>): Promise<E | null> {
    return this.manager.findOne(entity, options);
  }
}

/**
 * A transaction in hand. Only `Database.transaction` makes one; every method that writes asks for it.
 * Never call the network while one is open: what is owed to the outside is an event or a row.
 */
export class Tx extends Reader {
  private readonly callbacks: (() => void)[] = [];
  private isOver = false;
  private readonly gathered: { write: (tx: Tx, items: never[]) => Promise<void>; item: unknown }[] = [];

  constructor(key: typeof HAND_OUT, manager: EntityManager) {
    super(manager);
    if (key !== HAND_OUT) throw new Error('a Tx is handed out by Database.transaction alone');
  }

  /**
   * All rows of a statement, which PostgreSQL parses and plans once per connection: write its values as parameters, and
   * its text so that there are few of it.
   */
  override async rows<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const runner = this.manager.queryRunner;
    // a runner that is done would take another connection, and write outside any transaction
    if (!runner?.isTransactionActive) throw new Error('this transaction is over');
    return prepared.rows<Row>((await runner.connect()) as Connection, sql, params);
  }

  /** The same as `rows`: all statements of a transaction are prepared. */
  override often<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.rows<Row>(sql, params);
  }

  /** Inserts rows as given. */
  async insert<E extends ObjectLiteral>(
    entity: EntityTarget<E>,
    values: QueryDeepPartialEntity<E> | QueryDeepPartialEntity<E>[],
  ): Promise<void> {
    await this.manager.insert(entity, values);
  }

  /** Updates the rows that match and says how many there were. */
  async update<E extends ObjectLiteral>(
    entity: EntityTarget<E>,
    where: FindOptionsWhere<E>,
    patch: QueryDeepPartialEntity<E>,
  ): Promise<number> {
    return (await this.manager.update(entity, where, patch)).affected ?? 0;
  }

  /** Deletes the rows that match and says how many there were. */
  async delete<E extends ObjectLiteral>(entity: EntityTarget<E>, where: FindOptionsWhere<E>): Promise<number> {
    return (await this.manager.delete(entity, where)).affected ?? 0;
  }

  /** Runs `work` under a savepoint: when it throws, only its own writes are undone, and the error is passed on. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    // what was gathered before stays whatever becomes of `work`; what is gathered within it stands and falls with it
    await this.flush();
    try {
      // A nested transaction in TypeORM is a savepoint on the same connection, so this same Tx serves inside it.
      return await this.manager.transaction(async () => {
        const result = await work();
        await this.flush();
        return result;
      });
    } catch (error) {
      this.gathered.length = 0;
      throw error;
    }
  }

  /**
   * Keeps an item to be written last of all in this transaction or savepoint, together with all others that were given
   * with the same `write`, in their order: one statement instead of one each.
   */
  gather<Item>(item: Item, write: (tx: Tx, items: Item[]) => Promise<void>): void {
    if (this.isOver) throw new Error('this transaction is over');
    this.gathered.push({ write, item });
  }

  private async flush(): Promise<void> {
    // what is written may gather something itself
    while (this.gathered.length > 0) {
      const items = new Map<(tx: Tx, items: never[]) => Promise<void>, unknown[]>();
      for (const { write, item } of this.gathered.splice(0)) {
        const all = items.get(write);
        if (all) all.push(item);
        else items.set(write, [item]);
      }
      for (const [write, all] of items) await write(this, all as never[]);
    }
  }

  /** @internal run by Database before the commit */
  async finish(key: typeof HAND_OUT): Promise<void> {
    if (key !== HAND_OUT) return;
    await this.flush();
    this.isOver = true;
  }

  /** Registers what to do once the transaction has been committed (ring a bell); not run when it is rolled back. */
  afterCommit(callback: () => void): void {
    this.callbacks.push(callback);
  }

  /** @internal run by Database after the commit */
  committed(key: typeof HAND_OUT): void {
    if (key !== HAND_OUT) return;
    for (const callback of this.callbacks) {
      try {
        callback();
      } catch (error) {
        logger.error(`after commit: ${(error as Error).message}`);
      }
    }
  }
}

/**
 * The door to PostgreSQL. `read` runs on connections on which PostgreSQL itself refuses writes; everything that writes
 * goes through `transaction`.
 */
export class Database {
  /** Reads outside any transaction, on read-only connections. */
  readonly read: Reader;

  constructor(
    private readonly writing: DataSource,
    reading: DataSource,
  ) {
    this.read = new Reader(reading.manager);
  }

  /**
   * Runs `work` in one transaction and commits it. On a serialization failure, a deadlock or a table that was altered
   * meanwhile the whole of `work` is run again (at most five times), so it must have no effect but through its Tx.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let run = 1; ; run += 1) {
      try {
        let tx: Tx | undefined;
        const result = await this.writing.transaction(async (manager) => {
          tx = new Tx(HAND_OUT, manager);
          const result = await work(tx);
          await tx.finish(HAND_OUT);
          return result;
        });
        tx?.committed(HAND_OUT);
        return result;
      } catch (error) {
        if (!mayRunAgain(error) || run >= MAX_RUNS) throw error;
        logger.warn(`transaction run again after ${sqlState(error)} (run ${run})`);
        // those who met once would meet again if all began again at the same moment
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * run));
      }
    }
  }
}

/** TypeORM answers UPDATE and DELETE with [rows, count] and everything else with the rows. */
function returned<Row>(result: unknown): Row[] {
  if (Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number') {
    return result[0] as Row[];
  }
  return result as Row[];
}

/** The SQLSTATE of a database error, undefined for other errors. */
export function sqlState(error: unknown): string | undefined {
  const wrapped = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const code = wrapped.driverError?.code ?? wrapped.code;
  return typeof code === 'string' && code.length === 5 ? code : undefined;
}

/** Whether the database could not be asked: down, restarting, out of connections or of memory, or the pool is used up. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|58)/.test(state) || ['57P01', '57P02', '57P03'].includes(state);
  const { message, code } = ((error as { driverError?: unknown } | undefined)?.driverError ?? error ?? {}) as {
    message?: unknown;
    code?: unknown;
  };
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE'].includes(String(code)) ||
    /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered a connection error|was closed) and is not queryable)/.test(
      String(message),
    )
  );
}

const mayRunAgain = (error: unknown): boolean => RETRIABLE.has(sqlState(error) ?? '') || isStalePlan(error);

/**
 * Whether the same work may well succeed when it is done again: a deadlock, a serialization failure, a table altered under
 * a prepared statement, or `isUnavailable`.
 */
export const isPassing = (error: unknown): boolean => mayRunAgain(error) || isUnavailable(error);

/** Whether `error` is a breach of the unique constraint or index `name` (of any, when no name is given). */
export function isUniqueViolation(error: unknown, name?: string): boolean {
  if (sqlState(error) !== '23505') return false;
  const { driverError, constraint } = error as { driverError?: { constraint?: string }; constraint?: string };
  return name === undefined || (driverError?.constraint ?? constraint) === name;
}
