import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import type { UserActor } from '../../platform/access/actor';
import { Sessions, TOKEN_AUDIENCE, TOKEN_ISSUER } from './sessions';

interface Claims {
  sid?: unknown;
}

/**
 * Reads access tokens with passport-jwt. Only HS256 with our issuer and audience is taken, and the session is looked
 * up each time, so a token of a session that has ended is worth nothing.
 */
@Injectable()
export class AccessTokens extends PassportStrategy(Strategy, 'access-token') {
  private own: passport.Authenticator | undefined;

  constructor(private readonly sessions: Sessions) {
    super({
      jwtFromRequest: (request: unknown): string => (request as { token: string }).token,
      secretOrKey: sessions.accessKey,
      algorithms: ['HS256' as const],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
    });
  }

  /** Called by the constructor above us. A passport of our own: two applications in one process must not share keys. */
  getPassportInstance(): passport.Authenticator {
    return (this.own ??= new passport.Passport());
  }

  /** Asked by the strategy for a token whose signature holds; nobody means that the session has ended. */
  async validate({ sid }: Claims): Promise<UserActor | undefined> {
    return typeof sid === 'string' ? this.sessions.byId(sid) : undefined;
  }

  /** The person behind a token; undefined when it is not ours, over, or its session has ended. */
  read(token: string): Promise<UserActor | undefined> {
    return new Promise((resolve, reject) => {
      const answer = (error: unknown, actor: UserActor | false | undefined): void => {
        if (error) reject(error instanceof Error ? error : new Error('the token could not be read'));
        else resolve(actor || undefined);
      };
      // passport is made for a request; all our strategy asks of it is the token, which may come from a socket too
      const authenticate = this.getPassportInstance().authenticate('access-token', { session: false }, answer) as (
        request: object,
        response: object,
        next: (error?: unknown) => void,
      ) => void;
      authenticate({ token, headers: {} }, {}, (error) => answer(error, undefined));
    });
  }
}
