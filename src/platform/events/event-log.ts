import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../access/actor';
import { currentRequestId } from '../http/request-context';
import type { Tx } from '../database/database';
import { Notifier } from '../database/notifier';
import { newId } from '../time/ids';
import { type Audience, audienceColumns } from './audience';
import type { EventDefinition } from './define-event';

/** Rung after a commit that appended events; the relay listens. */
export const APPENDED = 'event_appended';

/** What goes with an event beside its data. */
export interface Append {
  actor: Actor;
  /** `lead:<id>`. Lock the object's row before appending, so that the events of one object are in order. */
  aggregate: string;
  audience: Audience;
  subjectCustomerId?: string | null;
  isTest?: boolean;
}

/** Appends facts to the event log. Nothing is told to anybody before the commit. */
@Injectable()
export class EventLog {
  constructor(private readonly notifier: Notifier) {}

  /** Writes one event in the caller's transaction and returns its id; the relay is rung after the commit. */
  async append<Data extends object>(tx: Tx, event: EventDefinition<Data>, data: Data, about: Append): Promise<string> {
    const id = newId();
    const audience = audienceColumns(about.audience);
    await tx.rows(
      `insert into event (id, name, aggregate, data, actor, audience_roles, audience_departments, audience_users,
         audience_scope, subject_customer_id, is_test, request_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        id,
        event.name,
        about.aggregate,
        JSON.stringify(data),
        JSON.stringify(snapshot(about.actor)),
        audience.audience_roles,
        audience.audience_departments,
        audience.audience_users,
        audience.audience_scope,
        about.subjectCustomerId ?? null,
        about.isTest ?? false,
        currentRequestId() ?? null,
      ],
    );
    tx.afterCommit(() => this.notifier.ring(APPENDED));
    return id;
  }
}
