import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Config } from '../../platform/config/config';
import { Database, type Tx } from '../../platform/database/database';
import { TooManyRequests } from '../../platform/errors';
import { newId } from '../../platform/time/ids';
import { AuthCookies } from './auth-cookies';
import type { Visitor } from './visitor';

/** How many tries a source has in a window, and what follows: the rest of the window, or a delay that grows. */
interface Limit {
  tries: number;
  windowSeconds: number;
  grows: boolean;
}

const PER_ADDRESS: Limit = { tries: 20, windowSeconds: 60, grows: false };
const PER_ACCOUNT: Limit = { tries: 5, windowSeconds: 60, grows: false };
/** After the tries: 1, 2, 4, 8, then 15 minutes; forgotten after half an hour of quiet. */
const PER_SOURCE: Limit = { tries: 5, windowSeconds: 1_800, grows: true };
/** All strangers together on one account, whatever number of addresses they have. */
const ALL_STRANGERS: Limit = { tries: 50, windowSeconds: 3_600, grows: false };
const FIRST_DELAY_SECONDS = 60;
const LONGEST_DELAY_SECONDS = 900;
const KNOWN_ADDRESS_DAYS = 90;

/** Leave to try a password; given back when it was the right one. */
export interface Permit {
  /** Others are guessing at this account just now: a wrong password is answered with 429. */
  isUnderAttack: boolean;
  /** What was counted for this try. */
  counted: string[];
  /** The source that is forgiven everything by a right password. */
  source: string | undefined;
}

interface Bucket {
  key: string;
  limit: Limit;
  /** False: counted, but what follows is decided by the caller. */
  refuses?: boolean;
}

interface Counted {
  attempts: number;
}

/**
 * Slows guessing down, without a way to lock an owner out (the README of this room explains the design). Every try is
 * counted before the password is looked at, in rows that all processes share, so that parallel tries gain nothing.
 */
@Injectable()
export class SignInSlowdown {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly cookies: AuthCookies,
  ) {}

  /** Counts a try to sign in as `email`. Throws TooManyRequests when this visitor has to wait. */
  async trySignIn(visitor: Visitor, email: string): Promise<Permit> {
    const permit: Permit = { isUnderAttack: false, counted: [], source: undefined };
    if (this.isOff) return permit;
    const device = this.cookies.deviceOf(visitor.headers, email);
    return this.database.transaction(async (tx) => {
      if (device) {
        const key = keyOf('device', email, device);
        await this.count(tx, { key, limit: PER_SOURCE });
        return { ...permit, counted: [key], source: key };
      }
      const address = keyOf('sign-in address', visitor.address);
      const source = keyOf('sign-in source', email, visitor.address);
      await this.count(tx, { key: address, limit: PER_ADDRESS });
      const fromHere = await this.count(tx, { key: source, limit: PER_SOURCE });
      if (await this.isKnownAddress(tx, email, visitor.address)) {
        return { ...permit, counted: [address, source], source };
      }
      const account = keyOf('sign-in account', email);
      const strangers = keyOf('sign-in strangers', email);
      const lately = await this.count(tx, { key: account, limit: PER_ACCOUNT, refuses: false });
      await this.count(tx, { key: strangers, limit: ALL_STRANGERS });
      const isUnderAttack = lately.attempts > this.tries(PER_ACCOUNT);
      // A fresh address has one try even then, so that the owner on a new device gets in; it may not have a second
      if (isUnderAttack && fromHere.attempts > 1) throw new TooManyRequests(FIRST_DELAY_SECONDS);
      return { isUnderAttack, counted: [address, source, account, strangers], source };
    });
  }

  /** The password was right: the try costs nothing, and this source starts afresh. */
  async succeeded(tx: Tx, permit: Permit): Promise<void> {
    // one by one, in the order in which they were counted, so that two of these never wait for each other
    for (const key of permit.counted) {
      if (key === permit.source) await tx.rows('delete from sign_in_slowdown where key = $1', [key]);
      else await this.giveBack(tx, key);
    }
  }

  /** Counts a registration. */
  async tryRegister(visitor: Visitor, email: string): Promise<void> {
    await this.countAll([
      { key: keyOf('register address', visitor.address), limit: PER_ADDRESS },
      { key: keyOf('register account', email), limit: PER_ACCOUNT },
    ]);
  }

  /** Counts a request for a reset mail. To be refused here shuts nobody out: the mails before it are in his box. */
  async tryReset(visitor: Visitor, email: string): Promise<void> {
    await this.countAll([
      { key: keyOf('reset address', visitor.address), limit: PER_ADDRESS },
      { key: keyOf('reset account', email), limit: PER_SOURCE },
    ]);
  }

  /** Counts a try of a reset token. */
  async tryResetToken(visitor: Visitor): Promise<void> {
    await this.countAll([{ key: keyOf('confirm address', visitor.address), limit: PER_ADDRESS }]);
  }

  /** Somebody proved by mail that the account is his: what strangers did to it no longer counts. */
  async forgive(tx: Tx, visitor: Visitor, email: string): Promise<void> {
    const keys = [
      keyOf('sign-in source', email, visitor.address),
      keyOf('sign-in account', email),
      keyOf('sign-in strangers', email),
    ];
    for (const key of keys) await tx.rows('delete from sign_in_slowdown where key = $1', [key]);
  }

  private get isOff(): boolean {
    return this.config.server.rateLimitScale === 0;
  }

  private tries(limit: Limit): number {
    return Math.max(1, Math.round(limit.tries * this.config.server.rateLimitScale));
  }

  private async countAll(buckets: Bucket[]): Promise<void> {
    if (this.isOff) return;
    await this.database.transaction(async (tx) => {
      for (const bucket of buckets) await this.count(tx, bucket);
    });
  }

  /** Counts one try; the row's lock makes parallel ones queue. Throws, and so undoes all counting, when it must wait. */
  private async count(tx: Tx, { key, limit, refuses = true }: Bucket): Promise<Counted> {
    const counted = await tx.one<Counted>(
      `insert into sign_in_slowdown as s (id, key, attempts, window_ends_at, blocked_until)
       values ($1, $2, 1, clock_timestamp() + make_interval(secs => $3),
         ${blockedUntil('1', 'clock_timestamp() + make_interval(secs => $3)')})
       on conflict (key) do update set
         attempts = ${ATTEMPTS}, window_ends_at = ${WINDOW},
         blocked_until = ${blockedUntil(ATTEMPTS, WINDOW)}
       where s.blocked_until is null or s.blocked_until <= clock_timestamp()
       returning attempts`,
      [
        newId(),
        key,
        limit.windowSeconds,
        limit.grows,
        refuses ? this.tries(limit) : null,
        FIRST_DELAY_SECONDS,
        LONGEST_DELAY_SECONDS,
      ],
    );
    if (counted) return counted;
    const blocked = await tx.one<{ seconds: number }>(
      `select extract(epoch from blocked_until - clock_timestamp())::float8 as seconds
       from sign_in_slowdown where key = $1`,
      [key],
    );
    throw new TooManyRequests(Math.max(1, Math.ceil(blocked?.seconds ?? 1)), 'Too many attempts; try again later');
  }

  private giveBack(tx: Tx, key: string): Promise<unknown> {
    return tx.rows(
      'update sign_in_slowdown set attempts = greatest(attempts - 1, 0), blocked_until = null where key = $1',
      [key],
    );
  }

  private async isKnownAddress(tx: Tx, email: string, address: string): Promise<boolean> {
    const known = await tx.one(
      `select 1 from session s join user_account u on u.id = s.user_id
       where u.email = $1 and s.address = $2 and s.created_at > now() - make_interval(days => $3) limit 1`,
      [email, address, KNOWN_ADDRESS_DAYS],
    );
    return known !== undefined;
  }
}

// $3 window, $4 grows, $5 tries (null: never blocks), $6 first delay, $7 longest delay
const ATTEMPTS = `case when s.window_ends_at <= clock_timestamp() then 1 else s.attempts + 1 end`;
const WINDOW = `case when s.window_ends_at <= clock_timestamp() or $4
  then clock_timestamp() + make_interval(secs => $3) else s.window_ends_at end`;
const blockedUntil = (attempts: string, windowEnd: string): string => `
  case when $5::int is null or ${attempts} < $5::int then null
       when $4 then clock_timestamp()
         + make_interval(secs => least($6 * power(2, least(${attempts} - $5::int, 10)), $7))
       else ${windowEnd} end`;

/** Hashed, so that keys have one length and the table holds no list of who signs in from where. */
const keyOf = (...parts: string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
