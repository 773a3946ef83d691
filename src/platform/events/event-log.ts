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

  /**
   * Adds an event to the caller's transaction and returns its id. All events of a transaction are written together, last
   * of all before its commit, in the order in which they were appended; the relay is rung after it.
   */
  append<Data extends object>(tx: Tx, event: EventDefinition<Data>, data: Data, about: Append): string {
    const id = newId();
    tx.gather<EventRow>(
      {
        id,
        name: event.name,
        aggregate: about.aggregate,
        data: JSON.stringify(data),
        actor: snapshot(about.actor),
        ...audienceColumns(about.audience),
        subject_customer_id: about.subjectCustomerId ?? null,
        is_test: about.isTest ?? false,
        request_id: currentRequestId() ?? null,
      },
      insertAll,
    );
    tx.afterCommit(() => this.notifier.ring(APPENDED));
    return id;
  }
}

/** The columns of an event that are written; the others are the database's. */
interface EventRow extends ReturnType<typeof audienceColumns> {
  id: string;
  name: string;
  aggregate: string;
  /** As text: it is what it was when the event was appended, whatever becomes of the object. */
  data: string;
  actor: object;
  subject_customer_id: string | null;
  is_test: boolean;
  request_id: string | null;
}

/** `position` is given in the order of the list, which is the order in which the changes were made. */
async function insertAll(tx: Tx, events: EventRow[]): Promise<void> {
  await tx.rows(
    `insert into event (id, name, aggregate, data, actor, audience_roles, audience_departments, audience_users,
       audience_scope, subject_customer_id, is_test, request_id)
     select e.id, e.name, e.aggregate, e.data::jsonb, e.actor, e.audience_roles, e.audience_departments, e.audience_users,
            e.audience_scope, e.subject_customer_id, e.is_test, e.request_id
       from rows from (jsonb_to_recordset($1::jsonb) as (
              id uuid, name text, aggregate text, data text, actor jsonb, audience_roles text[],
              audience_departments text[], audience_users uuid[], audience_scope text, subject_customer_id uuid,
              is_test boolean, request_id text)) with ordinality as e
      order by e.ordinality`,
    [JSON.stringify(events)],
  );
}
