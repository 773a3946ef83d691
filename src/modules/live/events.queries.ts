import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { viewpointOf } from '../../platform/events/audience';
import { declaredEvents } from '../../platform/events/define-event';
import { EventTail } from '../../platform/events/event-tail';
import { Invalid } from '../../platform/errors';
import type { ReadEventsQuery } from './events.dto';
import { liveEvent, type LiveEvent } from './live-message';

/** How many numbers one request may look at: someone who may see one event in a million must not cost a million rows. */
const WINDOW = 10_000;

/** A part of the log, as far as the caller may see it. */
export interface LogPage {
  events: LiveEvent[];
  next: number;
  hasMore: boolean;
  reset: boolean;
}

/** Reads the event log for one caller. */
@Injectable()
export class EventsQueries {
  constructor(private readonly tail: EventTail) {}

  async read(actor: Actor, query: ReadEventsQuery): Promise<LogPage> {
    const names = query.type && namesOf(query.type);
    const { trimmed, last } = await this.tail.bounds();
    const asked = query.after ?? trimmed;
    if (asked > last) return { events: [], next: last, hasMore: false, reset: true };
    const after = Math.max(asked, trimmed);
    const upTo = Math.min(last, after + WINDOW);
    const rows = await this.tail.since(after, viewpointOf(actor), { limit: query.limit, upTo, names });
    const full = rows.length === query.limit;
    const next = full ? (rows.at(-1)?.seq ?? upTo) : upTo;
    return { events: rows.map(liveEvent), next, hasMore: next < last, reset: asked < trimmed };
  }
}

/** The event names behind live types or names; throws Invalid on one that does not exist. */
function namesOf(types: string[]): string[] {
  const names = new Map<string, string>();
  for (const { name, live } of declaredEvents().values()) names.set(name, name).set(live, name);
  return types.map((type) => {
    const name = names.get(type);
    if (!name) throw new Invalid(`type ${type} does not exist`, { type: `${type} does not exist` });
    return name;
  });
}
