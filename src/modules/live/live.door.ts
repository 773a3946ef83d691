import { Injectable, Logger } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../../platform/access/actor';
import { Authenticator } from '../../platform/access/authenticator';
import { DomainError, Invalid, Unauthenticated, Unavailable } from '../../platform/errors';
import { principalOf } from './connection';
import { LiveWatch } from './live.watch';

const LONGEST_TOKEN = 4096;

/** Lets people and services in to live connections, by the same credentials as over HTTP. */
@Injectable()
export class LiveDoor {
  private readonly logger = new Logger(LiveDoor.name);

  constructor(
    private readonly authenticator: Authenticator,
    private readonly watch: LiveWatch,
  ) {}

  /**
   * Who shows this token, or these headers (a bearer token, an API key, a session cookie with a fitting Origin);
   * undefined when neither shows anything. Throws Unauthenticated, or Unavailable when that cannot be told now.
   */
  async enter(headers: IncomingHttpHeaders, token: unknown): Promise<Actor | undefined> {
    if (token !== undefined && token !== null && (typeof token !== 'string' || token.length > LONGEST_TOKEN))
      throw new Unauthenticated('The token is not valid');
    const shown = typeof token === 'string' && token !== '' ? token : undefined;
    try {
      const actor = await this.authenticator.authenticate({
        headers: shown ? withoutCredentials(headers) : headers,
        token: shown,
        method: 'SOCKET',
      });
      if (shown && !actor) throw new Unauthenticated('The token is not valid');
      // the session may have ended between the answer above and now, before anybody listened for its end
      if (actor && this.watch.hasEnded(principalOf(actor))) throw new Unauthenticated('The session has ended');
      return actor;
    } catch (error) {
      if (error instanceof DomainError && error.status < 500) throw error;
      this.logger.warn(`a credential cannot be checked: ${(error as Error).message}`);
      throw new Unavailable('Try again later');
    }
  }
}

/** A token that was shown on purpose counts alone, whatever cookie the browser sends along. */
function withoutCredentials(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { authorization: _a, cookie: _c, 'x-api-key': _k, ...rest } = headers;
  return rest;
}

/** The number a client says it has seen; undefined when it says none. Throws Invalid when it is no such number. */
export function readLastSeq(given: unknown): number | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const seq = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : given;
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw new Invalid('last_seq must be a whole number', { last_seq: 'must be a whole number' });
}

/** Counts a client's messages: true while there are no more than `most` within ten seconds. */
export function messageAllowance(most: number): () => boolean {
  let windowEnds = 0;
  let count = 0;
  return () => {
    const now = Date.now();
    if (now > windowEnds) {
      windowEnds = now + 10_000;
      count = 0;
    }
    count += 1;
    return count <= most;
  };
}
