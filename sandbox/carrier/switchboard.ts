import { randomBytes } from 'node:crypto';
import type { Poster } from './poster';

export type LegStatus =
  'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

export const newSid = (prefix: string): string => prefix + randomBytes(16).toString('hex');

/** A recording, as the carrier keeps it. */
export interface Recording {
  sid: string;
  callSid: string;
  status: 'in-progress' | 'paused' | 'completed';
  began: number;
  pausedAt: number | undefined;
  pausedMs: number;
  callback: string | undefined;
  events: string[];
  media: Buffer | undefined;
  duration: number;
}

/** A leg, as a conference knows it. */
export interface Line {
  readonly sid: string;
  send(url: string | undefined, fields: Record<string, string>): void;
  speak(): void;
}

/** Where legs meet, as they know it. */
export interface Room {
  join(leg: Line, attributes: Record<string, string>): Promise<void>;
  leave(leg: Line): void;
}

/** The exchange, as its legs know it. */
export interface Switchboard {
  readonly accountSid: string;
  readonly base: string;
  readonly pace: number;
  readonly poster: Poster;
  readonly problems: string[];
  readonly recordings: Map<string, Recording>;
  queueOf(name: string): Line[];
  conferenceOf(name: string): Room;
}
