import type { LogPage } from './events.queries';

/** An event as live connections send it. */
export class EventView {
  /**
   * The live type.
   * @example "lead:created"
   */
  type: string;

  /**
   * What happened; the shape depends on the type.
   * @example { "id": 17, "status": "interested" }
   */
  data: Record<string, unknown>;

  /**
   * When it happened.
   * @example "2026-11-20T09:30:00.000Z"
   */
  timestamp: string;

  /**
   * Its number in the log: rises by one from event to event; events you may not see leave gaps.
   * @example 1205
   */
  seq: number;
}

/** A part of the event log. */
export class EventsView {
  /** @example true */
  success: boolean;

  /** The events, oldest first. */
  events: EventView[];

  /**
   * How many there are in this answer.
   * @example 1
   */
  count: number;

  /**
   * What to send as `after` next time. Everything numbered up to here has been looked at, also what you may not see, so
   * it may be higher than the last event shown, and it rises even in an empty answer.
   * @example 1205
   */
  next: number;

  /**
   * Whether there is more to read at once; false when `next` was the end of the log.
   * @example false
   */
  has_more: boolean;

  /**
   * True when events after `after` have been deleted already, or `after` is beyond the end of the log (it was made
   * anew): what you hold is stale, load it again.
   * @example false
   */
  reset: boolean;

  /** @example "2026-11-20T09:30:01.000Z" */
  timestamp: string;
}

export const eventsView = (page: LogPage): EventsView => ({
  success: true,
  events: page.events.map((event) => event.message as unknown as EventView),
  count: page.events.length,
  next: page.next,
  has_more: page.hasMore,
  reset: page.reset,
  timestamp: new Date().toISOString(),
});
