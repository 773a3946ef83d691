import type { Speaker, TranscriptMessage } from './transcript.entity';

/** Something that was said. */
export class MessageView {
  /**
   * Its place in the transcript, from 1.
   * @example 1
   */
  sequence: number;
  /** @example "customer" */
  speaker: Speaker;
  /** @example "Hello, I have a problem" */
  content: string;
  /** @example "en" */
  language: string | null;
  /** @example "2026-11-08T12:00:05.000Z" */
  timestamp: string;
}

export const messageView = (message: TranscriptMessage): MessageView => ({
  sequence: message.sequence,
  speaker: message.speaker,
  content: message.content,
  language: message.language,
  timestamp: message.at.toISOString(),
});

/** What was said in a call, in order. */
export class TranscriptReply {
  /** @example true */
  success: true;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  /**
   * Whether the call is over, so that nothing more is added.
   * @example false
   */
  closed: boolean;
  messages: MessageView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:06.000Z" */
  timestamp: string;
}

/** A message that was added. */
export class MessageReply {
  /** @example true */
  success: true;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  message: MessageView;
  /** @example "2026-11-08T12:00:06.000Z" */
  timestamp: string;
}

/** A message that was found. */
export class FoundMessage extends MessageView {
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
}

/** Messages that were found, newest first. */
export class FoundMessages {
  /** @example true */
  success: true;
  messages: FoundMessage[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:06.000Z" */
  timestamp: string;
}
