import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/database';
import type { EventRow } from './event.entity';

/** An event that has its number. */
export type NumberedEvent = EventRow & { seq: number };

/**
 * Writes what is owed because of events: delivery rows, push rows. It runs in the relay's transaction, so each event is
 * planned exactly once; it writes to PostgreSQL only. Workers are rung with `tx.afterCommit`.
 */
export interface EventPlanner {
  /** Such as `webhooks.plan`; stands in the record of a parked event. */
  readonly name: string;
  /** The events it wants; undefined for all. */
  readonly events?: readonly string[];
  /** Test events are withheld unless this is true. */
  readonly wantsTests?: boolean;
  plan(tx: Tx, events: NumberedEvent[]): Promise<void>;
}

/** The planners that rooms have registered (in `onModuleInit`). */
@Injectable()
export class EventPlanners {
  private readonly planners: EventPlanner[] = [];

  /** Throws when a planner of that name is there already. */
  register(planner: EventPlanner): void {
    if (this.planners.some((known) => known.name === planner.name))
      throw new Error(`planner ${planner.name} is registered twice`);
    this.planners.push(planner);
  }

  all(): readonly EventPlanner[] {
    return this.planners;
  }
}
