import { declaredEvents } from '../../platform/events/define-event';
import type { NumberedEvent } from '../../platform/events/planners';

/** What goes over the wire; events and the connection's own messages have the same shape. */
export interface LiveMessage {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** An event as a live message, serialised once however many connections it goes to. */
export class LiveEvent {
  private bytes: Buffer | undefined;

  constructor(
    readonly seq: number,
    readonly message: LiveMessage,
  ) {}

  /** The message as JSON. */
  get json(): Buffer {
    return (this.bytes ??= Buffer.from(JSON.stringify(this.message)));
  }
}

/** The type of an event on live connections; an event that is declared no more is told by the same rule as the others. */
export const liveType = (name: string): string => declaredEvents().get(name)?.live ?? name.replace('.', ':');

/** The event as it is told over HTTP and on every kind of connection. */
export const liveEvent = (event: NumberedEvent): LiveEvent =>
  new LiveEvent(event.seq, {
    type: liveType(event.name),
    data: event.data,
    timestamp: event.occurred_at.toISOString(),
    seq: event.seq,
  });

const now = (): string => new Date().toISOString();

/** The first message of a connection: everything up to `seq` has been seen, what is told from here on is later. */
export const established = (clientId: string, seq: number): LiveMessage => ({
  type: 'connection:established',
  client_id: clientId,
  seq,
  timestamp: now(),
});

/** What was missed cannot be told: load the page anew, events after `seq` follow. */
export const reset = (seq: number, reason: 'too_old' | 'ahead'): LiveMessage => ({
  type: 'reset',
  reason,
  seq,
  timestamp: now(),
});

export const pong = (): LiveMessage => ({ type: 'pong', timestamp: now() });

/** Something the client sent was not understood, or the connection is about to end. */
export const complaint = (code: string, message: string): LiveMessage => ({
  type: 'error',
  code,
  message,
  timestamp: now(),
});

/** The client reads more slowly than events come and is being dropped; it may come back with its `last_seq`. */
export const tooSlow = (): LiveMessage => ({
  type: 'slow',
  message: 'You read too slowly; connect again with last_seq',
  timestamp: now(),
});
