import type { IncomingMessage } from 'node:http';
import {
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { Actor } from '../../platform/access/actor';
import { DomainError } from '../../platform/errors';
import { type Broadcaster, Connection, type Ending, endings, hasClosed } from './connection';
import { complaint, type LiveEvent, type LiveMessage, pong } from './live-message';
import { LiveDoor, messageAllowance, readLastSeq } from './live.door';
import { LiveHub } from './live.hub';
import { LiveLimits } from './live.limits';

/** What every message is sent under besides its own type. */
const ALL = 'event';

/** The server's options are fixed before there is an instance. */
const { messageBytes, authMs } = new LiveLimits();

/** Who it is, from the handshake on; the connection, once it has been let in. */
interface SocketData {
  actor: Actor;
  lastSeq: number | undefined;
  connection?: SocketIoConnection;
}
type LiveServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
type LiveSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
type EngineSocket = LiveSocket['conn'];

/** What engine.io has queued for a connection and not yet given to its transport. */
const queueOf = (socket: LiveSocket): { data?: { length?: number } }[] =>
  (socket.conn as unknown as { writeBuffer: { data?: { length?: number } }[] }).writeBuffer;

/** The real socket under engine.io's transport; undefined while a client polls. */
const webSocketOf = (conn: EngineSocket): WebSocket | undefined =>
  (conn.transport as unknown as { socket?: WebSocket }).socket;

/**
 * Cuts a connection that is being closed when it has not gone in time. engine.io counts it as closed at once, but the
 * WebSocket below waits for the other end's answer, and holds all that was not read, for half a minute.
 */
function cutLater(conn: EngineSocket, afterMs: number): void {
  const webSocket = webSocketOf(conn);
  const cut = setTimeout(() => {
    conn.close(true);
    webSocket?.terminate();
  }, afterMs);
  cut.unref();
  webSocket?.once('close', () => clearTimeout(cut));
}

class SocketIoConnection extends Connection {
  constructor(
    actor: Actor,
    private readonly socket: LiveSocket,
    private readonly goodbyeMs: number,
  ) {
    super(actor);
  }

  send(message: LiveMessage): void {
    this.socket.emit(message.type, message);
    this.socket.emit(ALL, message);
  }

  tell(event: LiveEvent): void {
    this.send(event.message);
  }

  backlog(): number {
    let bytes = webSocketOf(this.socket.conn)?.bufferedAmount ?? 0;
    for (const packet of queueOf(this.socket)) {
      // a packet costs something even when it is short
      bytes += (packet.data?.length ?? 0) + 64;
    }
    return bytes;
  }

  end(ending: Ending, last?: LiveMessage): void {
    const { conn } = this.socket;
    cutLater(conn, this.goodbyeMs);
    if (last) this.send(last);
    // a client that is told "disconnect" stays away; one whose transport closes comes back by itself
    if (!ending.again) this.socket.disconnect(true);
    else conn.close();
  }

  protected enter(rooms: readonly string[]): void {
    void this.socket.join([...rooms]);
  }

  protected leave(rooms: readonly string[]): void {
    for (const room of rooms) void this.socket.leave(room);
  }
}

/**
 * Socket.IO at /socket.io, over polling and WebSocket: each event under its live type, and all under `event`. Who comes
 * is asked once, at the handshake. What clients send is heard under whatever name, to count it and to answer it, so it
 * passes no message handlers of Nest, and none of the guards, pipes and interceptors that requests pass.
 */
@WebSocketGateway({ maxHttpBufferSize: messageBytes, connectTimeout: authMs })
export class LiveGateway implements Broadcaster, OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  /** Missing when the start did not come so far. */
  @WebSocketServer() private readonly io: LiveServer | undefined;
  private closing = false;

  constructor(
    private readonly hub: LiveHub,
    private readonly door: LiveDoor,
    private readonly limits: LiveLimits,
  ) {}

  afterInit(io: LiveServer): void {
    io.engine.use((request: IncomingMessage, _response: unknown, next: (refused?: Error) => void) => {
      if (this.closing) next(new Error('going away'));
      else next(this.isFull(io, request) ? new Error('too many connections have not signed in yet') : undefined);
    });
    io.use((socket, next) => {
      void this.signIn(socket).then(
        () => next(),
        (error: Error) => next(error),
      );
    });
  }

  /** Whether somebody new would be one too many of those who have not signed in yet. */
  private isFull(io: LiveServer, request: IncomingMessage): boolean {
    // as the engine itself has read it: an empty one, or the last of two, makes a new connection to it
    const isNew = !(request as IncomingMessage & { _query?: { sid?: string } })._query?.sid;
    return isNew && io.engine.clientsCount - io.sockets.sockets.size >= this.limits.strangers;
  }

  handleConnection(socket: LiveSocket): void {
    const { actor, lastSeq } = socket.data as SocketData;
    const connection = new SocketIoConnection(actor, socket, this.limits.goodbyeMs);
    socket.data.connection = connection;
    const allowed = messageAllowance(this.limits.messagesPerTenSeconds);
    socket.onAny((name: string, ...rest: unknown[]) => {
      if (!connection.open) return;
      if (!allowed()) {
        this.hub.drop(connection);
        connection.end(endings.misuse, complaint('TOO_MANY_MESSAGES', 'Too many messages'));
        return;
      }
      const [body] = rest;
      const acknowledge = rest.at(-1);
      const type = (typeof body === 'object' && body !== null && (body as { type?: unknown }).type) || name;
      const answer = type === 'ping' ? pong() : complaint('UNKNOWN_MESSAGE', 'Only ping is understood here');
      void connection.established.then(() => {
        if (typeof acknowledge === 'function') (acknowledge as (answer: LiveMessage) => void)(answer);
        else if (connection.open) connection.send(answer);
      });
    });
    void this.hub.admit(connection, lastSeq);
  }

  handleDisconnect({ data: { connection } }: LiveSocket): void {
    if (connection) this.hub.drop(connection);
  }

  /** One packet each for the two names, encoded once and written to every socket in these rooms. */
  broadcast(rooms: readonly string[], { message }: LiveEvent): void {
    const to = this.io?.to([...rooms]);
    to?.emit(message.type, message);
    to?.emit(ALL, message);
  }

  /**
   * Closes every transport, so that clients come back by themselves (to another process, or to the next start), and
   * resolves when the sockets below have gone.
   */
  async stop(): Promise<void> {
    this.closing = true;
    if (!this.io) return;
    const { clients = {} } = this.io.engine as unknown as { clients?: Record<string, EngineSocket> };
    const gone = Object.values(clients).map((conn) => {
      const webSocket = webSocketOf(conn);
      cutLater(conn, this.limits.goodbyeMs);
      return webSocket && hasClosed(webSocket);
    });
    this.io.engine.close();
    await Promise.all(gone);
  }

  private async signIn(socket: LiveSocket): Promise<void> {
    try {
      const auth = socket.handshake.auth as Record<string, unknown>;
      const lastSeq = readLastSeq(auth.last_seq);
      const actor = await this.door.enter(socket.handshake.headers, auth.token);
      if (!actor) throw refusal('UNAUTHENTICATED', 'Authentication required');
      socket.data = { actor, lastSeq };
    } catch (error) {
      if (error instanceof DomainError) throw refusal(error.code, error.message);
      throw error;
    }
  }
}

/** A connect_error as Socket.IO clients read it: `message`, and the code in `data`. */
const refusal = (code: string, message: string): Error =>
  Object.assign(new Error(message), { data: { code, message } });
