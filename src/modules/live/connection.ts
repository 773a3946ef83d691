import type { WebSocket } from 'ws';
import type { Actor } from '../../platform/access/actor';
import { viewpointOf, type Viewpoint } from '../../platform/events/audience';
import { newId } from '../../platform/time/ids';
import type { LiveEvent, LiveMessage } from './live-message';
import { roomsOfViewer } from './rooms';

/** Why a connection is ended by us. `again` says whether the client should come back by itself. */
export interface Ending {
  /** Close code of a plain WebSocket. */
  code: number;
  reason: string;
  again: boolean;
}

/** The reasons there are. */
export const endings = {
  shutdown: { code: 1001, reason: 'going away', again: true },
  misuse: { code: 1008, reason: 'too many messages', again: false },
  malformed: { code: 4400, reason: 'malformed', again: false },
  unauthenticated: { code: 4401, reason: 'not signed in', again: false },
  sessionEnded: { code: 4401, reason: 'the session has ended', again: false },
  slow: { code: 4408, reason: 'too slow', again: true },
  crowded: { code: 4429, reason: 'too many connections', again: false },
  unavailable: { code: 1013, reason: 'try again later', again: true },
} satisfies Record<string, Ending>;

/** The session of a person, or the key of a service: what a connection lives and dies with. */
export const principalOf = (actor: Actor): string => (actor.kind === 'user' ? actor.sessionId : actor.id);

/** Whose connections are counted together. */
export const callerOf = (actor: Actor): string => `${actor.kind}:${actor.id}`;

/** One live connection of somebody signed in, whatever protocol it speaks. */
export abstract class Connection {
  readonly id = newId();
  /** Whether it is told events as they come; false while it is catching up. */
  live = false;
  open = true;
  /** When its backlog went above the limit; undefined while it is below. */
  slowSince: number | undefined;
  private stands: string[] = [];
  private seesFrom: Viewpoint;
  private markEstablished: () => void;
  /** Settles when the first message has been sent; answers to the client's own messages wait for it. */
  readonly established = new Promise<void>((resolve) => (this.markEstablished = resolve));

  constructor(private who: Actor) {
    this.seesFrom = viewpointOf(who);
  }

  get actor(): Actor {
    return this.who;
  }

  get viewpoint(): Viewpoint {
    return this.seesFrom;
  }

  /** Sends the first message. */
  establish(message: LiveMessage): void {
    this.send(message);
    this.markEstablished();
  }

  /** Makes it live from the next event on. */
  join(): void {
    if (!this.open) return;
    this.live = true;
    this.stands = roomsOfViewer(this.seesFrom);
    this.enter(this.stands);
  }

  /** The same caller as he is now: other role, other departments. Takes effect between two events. */
  become(actor: Actor): void {
    this.who = actor;
    this.seesFrom = viewpointOf(actor);
    if (!this.live || !this.open) return;
    const next = roomsOfViewer(this.seesFrom);
    if (next.length === this.stands.length && next.every((room, n) => room === this.stands[n])) return;
    this.leave(this.stands);
    this.stands = next;
    this.enter(next);
  }

  /** Leaves every room; called once, when the connection has closed or is being ended. */
  part(): void {
    if (!this.open) return;
    this.open = false;
    this.live = false;
    this.leave(this.stands);
    this.stands = [];
  }

  /** Says `last`, closes, and cuts the connection when it does not go by itself. */
  abstract end(ending: Ending, last?: LiveMessage): void;
  /** Sends one message to this connection alone. */
  abstract send(message: LiveMessage): void;
  /** Sends one event to this connection alone, as the fan-out would. */
  abstract tell(event: LiveEvent): void;
  /** Bytes that have been sent to this connection and are still in our memory: queue and socket together. */
  abstract backlog(): number;
  /** Looks whether the other end still answers; protocols with a heartbeat of their own need do nothing. */
  heartbeat(_now: number): void {}
  protected abstract enter(rooms: readonly string[]): void;
  protected abstract leave(rooms: readonly string[]): void;
}

/** Settles when the socket has closed, however it came to that. */
export const hasClosed = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });

/** Tells one event to everybody in any of these rooms, once each. One for each protocol. */
export interface Broadcaster {
  broadcast(rooms: readonly string[], event: LiveEvent): void;
}
