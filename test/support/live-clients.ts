import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import WebSocket, { type ClientOptions } from 'ws';

/** A message of a live connection. */
export interface Message {
  type: string;
  seq?: number;
  data?: Record<string, unknown>;
  [member: string]: unknown;
}

/** What both kinds of client show to a test. */
export interface LiveClient {
  /** Every message, in order; over Socket.IO those under `event`. */
  messages: Message[];
  /** Those that are events. */
  events(): Message[];
  seqs(): number[];
  /** Close code, reason of disconnect, or the message of a connect_error. */
  ended: () => string | number | undefined;
  close(): void;
}

export interface PlainClient extends LiveClient {
  socket: WebSocket;
  send(message: unknown): void;
}

export interface SocketIoClient extends LiveClient {
  socket: Socket;
  /** Messages under their own types. */
  typed: Message[];
}

const CONTROL = new Set(['connection:established', 'reset', 'pong', 'error', 'slow']);
const views = (messages: Message[]) => ({
  events: () => messages.filter((message) => !CONTROL.has(message.type)),
  seqs: () => messages.filter((message) => !CONTROL.has(message.type)).map((message) => message.seq ?? -1),
});

/** Opens a plain WebSocket at /ws/updates. */
export function plainClient(url: string, query: Record<string, string> = {}, options: ClientOptions = {}): PlainClient {
  const messages: Message[] = [];
  let ended: number | undefined;
  const search = new URLSearchParams(query).toString();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws/updates${search ? `?${search}` : ''}`, options);
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as Message));
  socket.on('close', (code) => (ended = code));
  socket.on('error', () => undefined);
  return {
    socket,
    messages,
    ...views(messages),
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    ended: () => ended,
    close: () => socket.terminate(),
  };
}

/** Opens a Socket.IO connection; by default it begins with polling, as default clients do. */
export function socketIoClient(
  url: string,
  auth: Record<string, unknown>,
  options: Partial<ManagerOptions & SocketOptions> = {},
): SocketIoClient {
  const messages: Message[] = [];
  const typed: Message[] = [];
  let ended: string | undefined;
  const socket = io(url, { auth, forceNew: true, reconnection: false, ...options });
  socket.onAny((name: string, message: Message) => (name === 'event' ? messages : typed).push(message));
  socket.on('disconnect', (reason) => (ended = reason));
  socket.on('connect_error', (error) => (ended = error.message));
  return { socket, messages, typed, ...views(messages), ended: () => ended, close: () => socket.disconnect() };
}
