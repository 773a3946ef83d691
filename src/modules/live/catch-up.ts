/** What the catching-up of one connection needs of its surroundings. */
export interface CatchUp<Event extends { seq: number }> {
  /** The number of the last event told to those who are live; grows by itself. */
  position(): number;
  /** Settles when `position` has grown. */
  moved(): Promise<void>;
  /** Visible events numbered above `after` and up to `upTo`, in order; fewer than `page` only when there are no more. */
  read(after: number, upTo: number): Promise<Event[]>;
  /** How many events `read` gives at the most, and how many numbers it may be asked to look at. */
  page: number;
  window: number;
  /** Tells one event, and settles when the connection can take more. */
  tell(event: Event): void | Promise<void>;
  /** Whether the connection is still there. */
  open(): boolean;
  /** Makes the connection live: called in the very turn in which all up to `position` has been told. */
  join(): void;
}

/**
 * Brings one connection from the number it has seen to the present, without a gap and without a double.
 *
 * `cursor` is the number up to which the connection has been told everything it may see. The log is read from there up
 * to where the live fan-out stands (`position`), never beyond: what is later will come live. Meanwhile the fan-out goes
 * on, so this repeats until both stand at the same number. Then the connection joins, in the same turn of the event
 * loop in which that was seen; since the fan-out moves `position` and emits in one turn too, no event falls between.
 *
 * The client may be ahead of this process (it comes from another one that has read further): then there is nothing
 * to read, and it is not live either until this process has come as far, or it would be told those events twice.
 */
export async function catchUp<Event extends { seq: number }>(from: number, on: CatchUp<Event>): Promise<void> {
  let cursor = from;
  while (on.open()) {
    const position = on.position();
    if (cursor === position) return on.join();
    if (cursor > position) {
      await on.moved();
      continue;
    }
    const upTo = Math.min(position, cursor + on.window);
    const events = await on.read(cursor, upTo);
    for (const event of events) {
      if (!on.open()) return;
      const room = on.tell(event);
      cursor = event.seq;
      if (room) await room;
    }
    if (events.length < on.page) cursor = upTo;
  }
}
