import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/database';
import { type EventPlanner, EventPlanners, type NumberedEvent } from '../../../../platform/events/planners';
import { JobQueue } from '../../../../platform/jobs/job-queue';
import { newId } from '../../../../platform/time/ids';
import { transcriptMessage } from '../../calls.events';
import { suggestInCall } from './suggest.job';

interface Message {
  call_id: string;
  sequence: number;
  speaker: string;
}

/** Writes that a suggestion is owed when a customer has said something to an agent who wants help; one row a call. */
@Injectable()
export class PlanSuggestions implements EventPlanner, OnModuleInit {
  readonly name = 'assistance.plan';
  readonly events = [transcriptMessage.name];

  constructor(
    private readonly planners: EventPlanners,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.planners.register(this);
  }

  async plan(tx: Tx, events: NumberedEvent[]): Promise<void> {
    const newest = new Map<string, number>();
    for (const { data } of events) {
      const { call_id, sequence, speaker } = data as unknown as Message;
      if (speaker === 'customer') newest.set(call_id, Math.max(sequence, newest.get(call_id) ?? 0));
    }
    if (newest.size === 0) return;
    const owed = await tx.rows<{ call_id: string }>(
      `insert into assistance_owed (id, call_id, agent_id, message_sequence)
       select m.id, c.id, a.id, m.sequence
         from unnest($1::uuid[], $2::text[], $3::int[]) as m(id, code, sequence)
         join call c on c.code = m.code and c.ended_at is null
         join agent a on a.id = c.assigned_agent_id and a.use_ai_assistance and a.user_id is not null
        order by c.id
       on conflict (call_id) do update
         set message_sequence = greatest(assistance_owed.message_sequence, excluded.message_sequence),
             agent_id = excluded.agent_id, attempts = 0
       returning call_id`,
      [[...newest.keys()].map(newId), [...newest.keys()], [...newest.values()]],
    );
    tx.afterCommit(() => {
      for (const { call_id: callId } of owed) void this.jobs.ring(suggestInCall, { callId }, { dedupId: callId });
    });
  }
}
