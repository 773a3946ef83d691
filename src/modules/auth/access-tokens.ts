import { Injectable } from '@nestjs/common';
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
export class AccessTokens {
  private readonly passport = new passport.Passport();

  constructor(sessions: Sessions) {
    const options = {
      jwtFromRequest: (request: unknown): string => (request as { token: string }).token,
      secretOrKey: sessions.accessKey,
      algorithms: ['HS256' as const],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
    };
    this.passport.use(
      new Strategy(options, (claims: Claims, done) => {
        if (typeof claims.sid !== 'string') return done(null, false);
        sessions.byId(claims.sid).then(
          (actor) => done(null, actor ?? false),
          (error: unknown) => done(error, false),
        );
      }),
    );
  }

  /** The person behind a token; undefined when it is not ours, over, or its session has ended. */
  read(token: string): Promise<UserActor | undefined> {
    return new Promise((resolve, reject) => {
      const answer = (error: unknown, actor: UserActor | false | undefined): void => {
        if (error) reject(error instanceof Error ? error : new Error('the token could not be read'));
        else resolve(actor || undefined);
      };
      // passport is made for a request; all our strategy asks of it is the token, which may come from a socket too
      const authenticate = this.passport.authenticate('jwt', { session: false }, answer) as (
        request: object,
        response: object,
        next: (error?: unknown) => void,
      ) => void;
      authenticate({ token, headers: {} }, {}, (error) => answer(error, undefined));
    });
  }
}
