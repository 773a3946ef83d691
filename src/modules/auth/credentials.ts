import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Authenticator, type CredentialReader, type Credentials } from '../../platform/access/authenticator';
import { AccessTokens } from './access-tokens';
import { API_KEY_START, ApiKeyHolders } from './api-key-holders';
import { AuthCookies } from './auth-cookies';
import { OriginRefused, TokenRefused } from './auth.errors';
import { Sessions } from './sessions';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
const LONGEST = 4_096;

/** Tells the platform who shows what: a bearer token, an API key, or the session cookie, in that order. */
@Injectable()
export class CredentialDesk implements CredentialReader, OnModuleInit {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly accessTokens: AccessTokens,
    private readonly sessions: Sessions,
    private readonly apiKeys: ApiKeyHolders,
    private readonly cookies: AuthCookies,
  ) {}

  onModuleInit(): void {
    this.authenticator.useReader(this);
  }

  async read(credentials: Credentials): Promise<Actor | undefined> {
    const shown = tokenIn(credentials);
    if (shown !== undefined) {
      const actor = shown.length > LONGEST ? undefined : await this.holderOf(shown);
      if (!actor) throw new TokenRefused();
      return actor;
    }
    const cookie = this.cookies.sessionIn(credentials.headers);
    if (cookie === undefined) return undefined;
    const actor = await this.sessions.byCookie(cookie.slice(0, LONGEST));
    if (!actor) throw new TokenRefused('The session has ended');
    // A browser sends the cookie whoever wrote the page; only our own pages may act with it
    if (!READING.has(credentials.method) && !this.cookies.isFromOurPages(credentials.headers)) {
      throw new OriginRefused();
    }
    return actor;
  }

  async isAlive(actor: Actor): Promise<boolean | Actor> {
    if (actor.kind === 'user') return (await this.sessions.byId(actor.sessionId)) ?? false;
    if (actor.kind === 'api_key') return this.apiKeys.isAlive(actor.id);
    return true;
  }

  private holderOf(token: string): Promise<Actor | undefined> {
    return token.startsWith(API_KEY_START) ? this.apiKeys.holderOf(token) : this.accessTokens.read(token);
  }
}

/** A token sent apart, a bearer token or X-Api-Key; other schemes of Authorization are somebody else's business. */
function tokenIn({ headers, token }: Credentials): string | undefined {
  if (token) return token;
  const bearer = /^bearer\s+(.*)$/is.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer.trim();
  const key = headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? key : undefined;
}
