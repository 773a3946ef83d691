import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../platform/database/database';
import { type EventPlanner, EventPlanners, type NumberedEvent } from '../../../platform/events/planners';
import { declaredEvents } from '../../../platform/events/define-event';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { webhookTest } from '../webhooks.events';
import { DeliveriesRepository } from './deliveries.repository';
import { drainEndpoint } from './drain-endpoint.job';

interface Subscription {
  id: string;
  events: string[];
}

/** The aggregate of an event that is meant for one endpoint alone: `webhook:<id>`. */
export const onlyFor = (webhookId: string): string => `webhook:${webhookId}`;

/** Whether an endpoint wants this event. */
export function wants(subscription: Subscription, event: Pick<NumberedEvent, 'name' | 'aggregate'>): boolean {
  if (event.name === webhookTest.name) return event.aggregate === onlyFor(subscription.id);
  return subscription.events.length === 0 || subscription.events.includes(event.name);
}

/** Writes who is owed what, in the transaction that gives the events their numbers: so each is planned exactly once. */
@Injectable()
export class PlanDeliveries implements EventPlanner, OnModuleInit {
  readonly name = 'webhooks.plan';
  readonly wantsTests = true;
  events: readonly string[] = [];

  constructor(
    private readonly planners: EventPlanners,
    private readonly deliveries: DeliveriesRepository,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    const told = [...declaredEvents().values()].filter((event) => event.webhook);
    this.events = [...told.map((event) => event.name), webhookTest.name];
    this.planners.register(this);
  }

  async plan(tx: Tx, events: NumberedEvent[]): Promise<void> {
    const subscriptions = await tx.rows<Subscription>(`select id, events from webhook where status = 'active'`);
    const owed = events.map((event) => ({
      event,
      webhookIds: subscriptions.filter((one) => wants(one, event)).map((one) => one.id),
    }));
    await this.deliveries.owe(tx, owed);
    const touched = new Set(owed.flatMap((one) => one.webhookIds));
    tx.afterCommit(() => {
      for (const webhookId of touched) void this.jobs.ring(drainEndpoint, { webhookId }, { dedupId: webhookId });
    });
  }
}
