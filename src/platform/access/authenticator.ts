import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor, AgentProfile, UserActor } from './actor';

/** What a caller may show: headers of an HTTP request or of a socket's handshake, or a bare token. */
export interface Credentials {
  headers: IncomingHttpHeaders;
  /** A token sent in another way (Socket.IO `auth`, `?token=`). */
  token?: string;
  /** GET, POST …; cookies on anything that writes need a fitting Origin. Sockets say `SOCKET`. */
  method: string;
}

/** Tells who shows these credentials; the auth room provides it. */
export interface CredentialReader {
  /** undefined when nothing was shown; throws Unauthenticated when what was shown is wrong, over or revoked. */
  read(credentials: Credentials): Promise<Actor | undefined>;
  /**
   * Whether this session (of a person) or key still lives; asked again and again for long connections. Instead of `true`
   * the actor as he is now may be given, when his role or scopes may have changed since.
   */
  isAlive(actor: Actor): Promise<boolean | Actor>;
}

/** Knows the agent profile of a user; the agents room provides it. */
export interface AgentProfiles {
  profileOf(userId: string): Promise<AgentProfile | undefined>;
}

/** Rung with a session id (or key id) when it has been ended; long connections listen. */
export const SESSION_ENDED = 'session_ended';

/** Where the rooms of identity and people register what they know, so that the platform need not know them. */
@Injectable()
export class Authenticator {
  private reader: CredentialReader | undefined;
  private profiles: AgentProfiles | undefined;

  useReader(reader: CredentialReader): void {
    this.reader = reader;
  }

  useProfiles(profiles: AgentProfiles): void {
    this.profiles = profiles;
  }

  /** Who asks, with his agent profile; undefined when no credential was shown. Throws Unauthenticated on a wrong one. */
  async authenticate(credentials: Credentials): Promise<Actor | undefined> {
    const actor = await this.reader?.read(credentials);
    return actor?.kind === 'user' ? this.withProfile(actor) : actor;
  }

  /** The same actor as he is now; undefined when his session or key has ended. */
  async refresh(actor: Actor): Promise<Actor | undefined> {
    const alive = await this.reader?.isAlive(actor);
    if (!alive) return undefined;
    const now = alive === true ? actor : alive;
    return now.kind === 'user' ? this.withProfile(now) : now;
  }

  private async withProfile(actor: UserActor): Promise<UserActor> {
    const { agent: _stale, ...bare } = actor;
    if (actor.role === 'user') return bare;
    const agent = await this.profiles?.profileOf(actor.id);
    return agent ? { ...bare, agent } : bare;
  }
}
