import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config';
import { Database } from '../../database/database';
import { KeyRotation } from '../../secrets/key-rotation';
import { SecretBox } from '../../secrets/secret-box';
import { newId } from '../../time/ids';
import { IdempotencyInProgress, IdempotencyKeyReused } from './idempotency.errors';

/** A request under a key: whose, where and which key; and what was asked. */
export interface KeyedRequest {
  scopeHash: string;
  requestHash: string;
}

/** The right to answer, until it is kept or given back. */
export interface Lease {
  id: string;
  token: string;
}

/** An answer as it went out. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface KeyRow {
  id: string;
  request_hash: string;
  status: number | null;
  headers: Record<string, string> | null;
  answer: string | null;
  sealed_answer: string | null;
}

const TABLE = 'idempotency_key';
const SEALED_COLUMN = 'sealed_answer';
const LEASE_SECONDS = 30;
const SWEEP_MS = 10 * 60_000;
const SWEEP_BATCH = 1000;

/** Keeps the first answer to a request for 24 hours and makes sure that only one process works on it at a time. */
@Injectable()
export class IdempotencyKeys implements OnModuleInit, OnApplicationShutdown {
  /** How long a second request waits for the first. */
  patienceMs = 10_000;

  private readonly logger = new Logger('IdempotencyKeys');
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly rotation: KeyRotation,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.rotation.register({ table: TABLE, column: SEALED_COLUMN });
    if (!this.config.runsJobs) return;
    this.sweeping = setInterval(() => {
      this.sweep().catch((error: Error) => this.logger.warn(`expired keys were not removed: ${error.message}`));
    }, SWEEP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeping);
  }

  /**
   * The right to answer this request, or the answer it was given before. Waits while somebody else is answering it;
   * throws IdempotencyKeyReused when the key came with another request, IdempotencyInProgress when patience ends.
   */
  async begin(request: KeyedRequest): Promise<Lease | KeptAnswer> {
    const end = performance.now() + this.patienceMs;
    for (let pause = 20; ; pause = Math.min(pause * 2, 250)) {
      const lease = await this.claim(request);
      if (lease) return lease;
      const row = await this.find(request.scopeHash);
      if (row && row.request_hash !== request.requestHash) throw new IdempotencyKeyReused();
      if (row && row.status !== null) return this.answerIn(row, row.status);
      if (performance.now() + pause > end) throw new IdempotencyInProgress();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Still at work: the key is not free for another while. */
  async renew(lease: Lease): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows(
        `update ${TABLE} set leased_until = clock_timestamp() + make_interval(secs => $3)
         where id = $1 and lease_token = $2 and status is null`,
        [lease.id, lease.token, LEASE_SECONDS],
      ),
    );
  }

  /** Keeps the answer for whoever sends the request again. */
  async keep(lease: Lease, answer: KeptAnswer, holdsSecret: boolean): Promise<void> {
    const sealed = holdsSecret ? this.box.seal(answer.body, this.placeOf(lease.id)) : null;
    await this.database.transaction((tx) =>
      tx.rows(
        `update ${TABLE} set status = $3, headers = $4, answer = $5, sealed_answer = $6
         where id = $1 and lease_token = $2 and status is null`,
        [lease.id, lease.token, answer.status, JSON.stringify(answer.headers), sealed ? null : answer.body, sealed],
      ),
    );
  }

  /** Frees the key: nothing worth repeating was answered. */
  async giveBack(lease: Lease): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows(`delete from ${TABLE} where id = $1 and lease_token = $2 and status is null`, [lease.id, lease.token]),
    );
  }

  /** Removes what has expired, in small steps; says how many rows went. */
  async sweep(): Promise<number> {
    for (let total = 0; ;) {
      const gone = await this.database.transaction((tx) =>
        tx.rows(
          `delete from ${TABLE} where id in
             (select id from ${TABLE} where expires_at < now() order by expires_at limit ${SWEEP_BATCH}
              for update skip locked)
           returning id`,
        ),
      );
      total += gone.length;
      if (gone.length < SWEEP_BATCH) return total;
    }
  }

  /** The unique scope decides between two at once; a row whose holder died, or whose day is over, is taken over. */
  private async claim({ scopeHash, requestHash }: KeyedRequest): Promise<Lease | undefined> {
    const token = newId();
    const row = await this.database.transaction((tx) =>
      tx.one<{ id: string }>(
        `insert into ${TABLE} as k (id, scope_hash, request_hash, lease_token, leased_until, expires_at)
         values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), clock_timestamp() + interval '24 hours')
         on conflict (scope_hash) do update
           set id = excluded.id, request_hash = excluded.request_hash, lease_token = excluded.lease_token,
             leased_until = excluded.leased_until, expires_at = excluded.expires_at, created_at = clock_timestamp(),
             status = null, headers = null, answer = null, sealed_answer = null
           where k.expires_at < clock_timestamp()
             or (k.status is null and k.leased_until < clock_timestamp() and k.request_hash = excluded.request_hash)
         returning id`,
        [newId(), scopeHash, requestHash, token, LEASE_SECONDS],
      ),
    );
    return row && { id: row.id, token };
  }

  private find(scopeHash: string): Promise<KeyRow | undefined> {
    return this.database.read.one<KeyRow>(
      `select id, request_hash, status, headers, answer, sealed_answer from ${TABLE} where scope_hash = $1`,
      [scopeHash],
    );
  }

  private answerIn(row: KeyRow, status: number): KeptAnswer {
    const body = row.sealed_answer ? this.box.open(row.sealed_answer, this.placeOf(row.id)) : (row.answer ?? '');
    return { status, headers: row.headers ?? {}, body };
  }

  private placeOf = (row: string): { table: string; row: string; column: string } => ({
    table: TABLE,
    row,
    column: SEALED_COLUMN,
  });
}

/** How often a holder at work renews: well within the lease. */
export const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
