import { Injectable, Logger } from '@nestjs/common';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Actor } from '../../platform/access/actor';
import { DomainError, Invalid } from '../../platform/errors';
import { type Broadcaster, Connection, type Ending, endings, hasClosed } from './connection';
import { complaint, type LiveEvent, type LiveMessage, pong } from './live-message';
import { LiveDoor, messageAllowance, readLastSeq } from './live.door';
import { LiveHub } from './live.hub';
import { LiveLimits } from './live.limits';

const PATH = /^\/ws\/updates\/?$/;
const SOCKET_IO = /^\/socket\.io(\/|$)/;

type Rooms = Map<string, Set<PlainConnection>>;

class PlainConnection extends Connection {
  private pingedAt: number | undefined;
  private heardAt = Date.now();

  constructor(
    actor: Actor,
    private readonly socket: WebSocket,
    private readonly rooms: Rooms,
    private readonly limits: LiveLimits,
  ) {
    super(actor);
    socket.on('pong', () => (this.heardAt = Date.now()));
    socket.on('message', () => (this.heardAt = Date.now()));
  }

  send(message: LiveMessage): void {
    this.write(JSON.stringify(message));
  }

  tell(event: LiveEvent): void {
    this.write(event.json);
  }

  write(text: string | Buffer): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text, { binary: false });
  }

  backlog(): number {
    return this.socket.bufferedAmount;
  }

  end(ending: Ending, last?: LiveMessage): void {
    farewell(this.socket, ending, this.limits.goodbyeMs, last);
  }

  override heartbeat(now: number): void {
    const { heartbeatMs } = this.limits;
    if (this.pingedAt !== undefined && this.heardAt < this.pingedAt) {
      if (now - this.pingedAt >= heartbeatMs) this.socket.terminate();
    } else if (now - Math.max(this.pingedAt ?? 0, this.heardAt) >= heartbeatMs) {
      this.pingedAt = now;
      this.socket.ping();
    }
  }

  protected enter(rooms: readonly string[]): void {
    for (const room of rooms) {
      const members = this.rooms.get(room);
      if (members) members.add(this);
      else this.rooms.set(room, new Set([this]));
    }
  }

  protected leave(rooms: readonly string[]): void {
    for (const room of rooms) {
      const members = this.rooms.get(room);
      members?.delete(this);
      if (members?.size === 0) this.rooms.delete(room);
    }
  }
}

/** Closes with a code, saying `last` first; a client that does not answer the close is cut. */
function farewell(socket: WebSocket, ending: Ending, goodbyeMs: number, last?: LiveMessage): void {
  if (socket.readyState === WebSocket.OPEN && last) socket.send(JSON.stringify(last));
  socket.close(ending.code, ending.reason);
  const cut = setTimeout(() => socket.terminate(), goodbyeMs);
  cut.unref();
  socket.once('close', () => clearTimeout(cut));
}

/**
 * Plain WebSockets at /ws/updates. The token comes in the query, in the first message, or as a session cookie; until
 * it has come, nothing is sent and little is kept.
 */
@Injectable()
export class WebSocketEndpoint implements Broadcaster {
  private readonly logger = new Logger(WebSocketEndpoint.name);
  private readonly server: WebSocketServer;
  private readonly rooms: Rooms = new Map();
  private strangers = 0;
  private closing = false;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly hub: LiveHub,
    private readonly door: LiveDoor,
    private readonly limits: LiveLimits,
  ) {
    this.server = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false });
  }

  start(http: HttpServer): void {
    const listener = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
      this.upgrade(request, socket, head);
    http.on('upgrade', listener);
    this.stopListening = () => http.off('upgrade', listener);
  }

  broadcast(rooms: readonly string[], event: LiveEvent): void {
    // somebody may stand in several of the rooms
    const reached = new Set<PlainConnection>();
    for (const room of rooms) for (const connection of this.rooms.get(room) ?? []) reached.add(connection);
    for (const connection of reached) connection.write(event.json);
  }

  /** Closes every connection with 1001, takes no new ones, and resolves when all have gone. */
  async stop(): Promise<void> {
    this.closing = true;
    const gone = [...this.server.clients].map((socket) => hasClosed(socket));
    for (const socket of this.server.clients) farewell(socket, endings.shutdown, this.limits.goodbyeMs);
    await Promise.all(gone);
  }

  /** Cuts whoever has not gone. */
  dispose(): void {
    this.stopListening?.();
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const url = URL.canParse(request.url ?? '', 'http://x') ? new URL(request.url ?? '', 'http://x') : undefined;
    const path = url?.pathname ?? '';
    if (SOCKET_IO.test(path)) return;
    if (!url || !PATH.test(path)) return refuse(socket, '404 Not Found');
    if (this.closing || this.strangers >= this.limits.strangers) return refuse(socket, '503 Service Unavailable');
    this.server.handleUpgrade(request, socket, head, (webSocket) => this.connected(webSocket, request, url));
  }

  private connected(socket: WebSocket, request: IncomingMessage, url: URL): void {
    const visit = new Visit(socket, request, this.hub, this.door, this.limits, this.rooms);
    this.strangers += 1;
    visit.known.finally(() => (this.strangers -= 1)).catch(() => undefined);
    visit
      .begin(url.searchParams)
      .catch((error: Error) => this.logger.error(`a connection could not begin: ${error.message}`));
  }
}

/** One plain WebSocket from its upgrade to its end: first a stranger, then a connection. */
class Visit {
  /** Settles when the stranger has signed in or gone. */
  readonly known: Promise<void>;
  private settle: () => void;
  private connection: Connection | undefined;
  private attempt: Promise<void> | undefined;
  /** Whether somebody showed a token, and not merely came with a cookie. */
  private tokenShown = false;
  private readonly allowed: () => boolean;

  constructor(
    private readonly socket: WebSocket,
    private readonly request: IncomingMessage,
    private readonly hub: LiveHub,
    private readonly door: LiveDoor,
    private readonly limits: LiveLimits,
    private readonly rooms: Rooms,
  ) {
    this.known = new Promise((resolve) => (this.settle = resolve));
    this.allowed = messageAllowance(limits.messagesPerTenSeconds);
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => void this.heard(data, isBinary));
    socket.on('close', () => {
      this.settle();
      if (this.connection) this.hub.drop(this.connection);
    });
  }

  async begin(query: URLSearchParams): Promise<void> {
    const timer = setTimeout(() => {
      if (!this.connection) this.turnAway(endings.unauthenticated, 'UNAUTHENTICATED', 'No token came in time');
    }, this.limits.authMs);
    void this.known.then(() => clearTimeout(timer));
    await this.signIn(query.get('token') ?? undefined, query.get('last_seq'));
  }

  /** One attempt after the other: a token in the first message waits until the cookie has been looked at. */
  private async signIn(token: unknown, lastSeq: unknown): Promise<void> {
    if (token !== undefined) this.tokenShown = true;
    const before = this.attempt;
    this.attempt = (async () => {
      await before;
      if (this.socket.readyState === WebSocket.OPEN) await this.tryCredentials(token, lastSeq);
    })();
    await this.attempt;
  }

  /** Without a token of its own it is asked for one; a cookie that does not serve is not held against it. */
  private async tryCredentials(token: unknown, lastSeqGiven: unknown): Promise<void> {
    try {
      const lastSeq = readLastSeq(lastSeqGiven);
      const actor = await this.door.enter(this.request.headers, token);
      if (!actor || this.socket.readyState !== WebSocket.OPEN) return;
      // in by a cookie already, and now by a token: the page begins anew from the last_seq that came with it
      if (this.connection) this.hub.drop(this.connection);
      this.connection = new PlainConnection(actor, this.socket, this.rooms, this.limits);
      this.settle();
      void this.hub.admit(this.connection, lastSeq);
    } catch (error) {
      const { status, code, message } = error as DomainError;
      if (error instanceof Invalid) this.turnAway(endings.malformed, code, message);
      else if (!(error instanceof DomainError) || status >= 500)
        this.turnAway(endings.unavailable, 'UNAVAILABLE', 'Try again later');
      else if (token !== undefined) this.turnAway(endings.unauthenticated, code, message);
    }
  }

  private async heard(data: RawData, isBinary: boolean): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (!this.allowed()) return this.turnAway(endings.misuse, 'TOO_MANY_MESSAGES', 'Too many messages');
    const message = isBinary ? undefined : parse(data);
    if (!message) return this.answer(complaint('MALFORMED', 'A message is a JSON object with a type'));
    if (message.type === 'auth') {
      if (this.tokenShown) return this.answer(complaint('ALREADY_SIGNED_IN', 'One token is enough'));
      if (typeof message.token !== 'string')
        return this.turnAway(endings.unauthenticated, 'UNAUTHENTICATED', 'The message holds no token');
      return this.signIn(message.token, message.last_seq);
    }
    if (message.type === 'ping') return this.answer(pong());
    return this.answer(complaint('UNKNOWN_MESSAGE', 'Only ping and auth are understood here'));
  }

  /** Answers after the first message, so that the first message stays the first. */
  private async answer(message: LiveMessage): Promise<void> {
    await this.connection?.established;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private turnAway(ending: Ending, code: string, message: string): void {
    if (this.connection) this.hub.drop(this.connection);
    farewell(this.socket, ending, this.limits.goodbyeMs, complaint(code, message));
  }
}

function parse(data: RawData): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse((data as Buffer).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
