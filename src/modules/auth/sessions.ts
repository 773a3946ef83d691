import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { systemActor, type UserActor } from '../../platform/access/actor';
import { SESSION_ENDED } from '../../platform/access/authenticator';
import { Audit } from '../../platform/audit/audit';
import { Config } from '../../platform/config/config';
import { Database, type Tx } from '../../platform/database/database';
import { Notifier } from '../../platform/database/notifier';
import { newId } from '../../platform/time/ids';
import type { EndReason } from './session.entity';
import { keyFor, newToken, tokenHash } from './tokens';
import type { UserRole } from './user-account.entity';
import type { Visitor } from './visitor';

/** Seconds an access token lives. */
export const ACCESS_SECONDS = 900;
export const TOKEN_ISSUER = 'call-centre';
export const TOKEN_AUDIENCE = 'call-centre-api';
const LONGEST_SESSION_DAYS = 30;
/** For so long the one who comes second with the same refresh token is taken for another tab, not for a thief. */
const FORGIVEN_SECONDS = 10;

/** What a client needs to go on by itself. */
export interface TokenPair {
  access: string;
  refresh: string;
  expiresIn: number;
}

/** A new session: its tokens, and the value of its cookie. */
export interface OpenedSession extends TokenPair {
  sessionId: string;
  cookie: string;
}

interface LiveSession {
  id: string;
  user_id: string;
  role: UserRole;
  is_stale: boolean;
}

/** Opens, finds, moves ahead and ends sessions. */
@Injectable()
export class Sessions {
  /** The key access tokens are signed with (HS256). */
  readonly accessKey: Buffer;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly notifier: Notifier,
    private readonly audit: Audit,
  ) {
    this.accessKey = keyFor(config.secretKey, 'access token');
  }

  /** Opens a session in the caller's transaction. */
  async open(tx: Tx, userId: string, visitor: Visitor): Promise<OpenedSession> {
    const sessionId = newId();
    const cookie = newToken();
    await tx.rows(
      `insert into session (id, user_id, cookie_hash, address, user_agent, expires_at)
       values ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))`,
      [sessionId, userId, tokenHash(cookie), visitor.address, visitor.userAgent, this.config.session.expireMinutes],
    );
    const pair = await this.pair(tx, { id: sessionId, user_id: userId }, null);
    return { ...pair, sessionId, cookie };
  }

  /**
   * Gives the next pair for a refresh token; undefined when it gives none. The session is locked first, so that two
   * that come at once are answered one after the other. A token used before ends the session, unless it is the direct
   * predecessor of one not yet used, used seconds ago: then the second tab gets a pair of its own.
   */
  async rotate(tx: Tx, refresh: string): Promise<TokenPair | undefined> {
    const found = await tx.one<{ session_id: string }>('select session_id from refresh_token where token_hash = $1', [
      tokenHash(refresh),
    ]);
    if (!found) return undefined;
    const session = await tx.one<LiveSession>(`${LIVE} and s.id = $1 for update of s`, [found.session_id]);
    if (!session) return undefined;
    const token = await tx.one<{ id: string; is_used: boolean; is_forgiven: boolean }>(
      `select t.id, t.used_at is not null as is_used,
         t.used_at > clock_timestamp() - make_interval(secs => $2)
           and not exists (select 1 from refresh_token c where c.parent_id = t.id and c.used_at is not null)
           as is_forgiven
       from refresh_token t where t.token_hash = $1`,
      [tokenHash(refresh), FORGIVEN_SECONDS],
    );
    if (!token) return undefined;
    if (token.is_used && !token.is_forgiven) {
      await this.end(tx, session.id, 'refresh_reused');
      await this.audit.record(tx, systemActor('sessions'), 'session.refresh_reused', `user:${session.user_id}`);
      return undefined;
    }
    if (!token.is_used) {
      await tx.rows('update refresh_token set used_at = clock_timestamp() where id = $1', [token.id]);
    }
    await this.moveAhead(tx, session.id);
    return this.pair(tx, session, token.id);
  }

  /** Ends a session at once; says whether it was alive. */
  async end(tx: Tx, sessionId: string, reason: EndReason): Promise<boolean> {
    const ended = await tx.rows(
      'update session set ended_at = now(), end_reason = $2 where id = $1 and ended_at is null returning id',
      [sessionId, reason],
    );
    if (ended.length > 0) tx.afterCommit(() => this.notifier.ring(SESSION_ENDED, sessionId));
    return ended.length > 0;
  }

  /** Ends every session of a user, except one where that is given. */
  async endAll(tx: Tx, userId: string, reason: EndReason, except?: string): Promise<void> {
    const ended = await tx.rows<{ id: string }>(
      `update session set ended_at = now(), end_reason = $2
       where user_id = $1 and ended_at is null and id is distinct from $3::uuid returning id`,
      [userId, reason, except ?? null],
    );
    for (const { id } of ended) tx.afterCommit(() => this.notifier.ring(SESSION_ENDED, id));
  }

  /** The person of a live session, by its id. */
  byId(sessionId: string): Promise<UserActor | undefined> {
    return this.actorWhere('s.id = $1', sessionId);
  }

  /** The person of a live session, by its cookie. */
  byCookie(cookie: string): Promise<UserActor | undefined> {
    return this.actorWhere('s.cookie_hash = $1', tokenHash(cookie));
  }

  private async actorWhere(condition: string, value: string): Promise<UserActor | undefined> {
    const session = await this.database.read.one<LiveSession>(`${LIVE} and ${condition}`, [value]);
    if (!session) return undefined;
    // at most one write a minute, however busy the session is
    if (session.is_stale) await this.database.transaction((tx) => this.moveAhead(tx, session.id));
    return { kind: 'user', id: session.user_id, role: session.role, sessionId: session.id };
  }

  private async moveAhead(tx: Tx, sessionId: string): Promise<void> {
    await tx.rows(
      `update session set last_used_at = now(),
         expires_at = least(now() + make_interval(mins => $2), created_at + make_interval(days => $3))
       where id = $1 and ended_at is null and last_used_at < now() - interval '1 minute'`,
      [sessionId, this.config.session.expireMinutes, LONGEST_SESSION_DAYS],
    );
  }

  private async pair(tx: Tx, session: Pick<LiveSession, 'id' | 'user_id'>, parent: string | null): Promise<TokenPair> {
    const refresh = newToken();
    await tx.rows('insert into refresh_token (id, session_id, parent_id, token_hash) values ($1, $2, $3, $4)', [
      newId(),
      session.id,
      parent,
      tokenHash(refresh),
    ]);
    const access = jwt.sign({ sid: session.id }, this.accessKey, {
      algorithm: 'HS256',
      subject: session.user_id,
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      expiresIn: ACCESS_SECONDS,
      jwtid: newId(),
    });
    return { access, refresh, expiresIn: ACCESS_SECONDS };
  }
}

/** A session counts while it has not ended, has not run out, and its owner is not disabled. */
const LIVE = `
  select s.id, s.user_id, u.role, s.last_used_at < now() - interval '1 minute' as is_stale
  from session s join user_account u on u.id = s.user_id
  where s.ended_at is null and s.expires_at > now() and u.is_active`;
