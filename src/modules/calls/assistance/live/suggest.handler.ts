import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../../../platform/access/actor';
import { Database, type Tx } from '../../../../platform/database/database';
import { EventLog } from '../../../../platform/events/event-log';
import { JobQueue } from '../../../../platform/jobs/job-queue';
import { JobRunner } from '../../../../platform/jobs/job-runner';
import { callSuggestion } from '../../calls.events';
import { suggestionView } from '../assistance.view';
import { type Answered, Assistant } from '../assistant';
import { SuggestionsRepository } from '../suggestions.repository';
import { owedSuggestions, suggestInCall } from './suggest.job';

const LEASE_SECONDS = 30;
const MOST_ATTEMPTS = 3;
const SWEPT = 200;
/** No API key can have it: an agent's suggestions are his own. */
const NOBODYS_SCOPE = 'assistance:own';
const actor = systemActor('assistance');

interface Claimed {
  call_id: string;
  call_code: string;
  customer_id: string | null;
  agent_id: string;
  agent_user_id: string;
  threshold: number;
  model: string;
  message_sequence: number;
  content: string;
}

/**
 * Makes the suggestion that is owed in a call and tells its agent alone. The newest words are answered; what came before
 * them is coalesced, what comes meanwhile is answered next.
 */
@Injectable()
export class SuggestHandler implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly jobs: JobQueue,
    private readonly database: Database,
    private readonly assistant: Assistant,
    private readonly suggestions: SuggestionsRepository,
    private readonly events: EventLog,
  ) {}

  onModuleInit(): void {
    this.runner.register(suggestInCall, ({ callId }) => this.suggest(callId));
    this.runner.registerSweep(owedSuggestions, () => this.sweep());
  }

  /** Answers what is owed in a call, if nobody else is about it. */
  async suggest(callId: string): Promise<void> {
    const claimed = await this.database.transaction((tx) => this.claim(tx, callId));
    if (!claimed) return;
    const start = performance.now();
    const answered = await this.assistant.answer(
      actor,
      { id: callId, code: claimed.call_code },
      { message: claimed.content, context: null, upTo: claimed.message_sequence, model: claimed.model },
    );
    const tookMs = Math.round(performance.now() - start);
    await this.database.transaction((tx) => this.deliver(tx, claimed, answered, tookMs));
  }

  /** Takes the work for a while; undefined when it is taken, or no longer wanted (and then it is struck off). */
  private async claim(tx: Tx, callId: string): Promise<Claimed | undefined> {
    const owed = await tx.one<{ id: string; attempts: number }>(
      `update assistance_owed set claimed_until = now() + make_interval(secs => ${LEASE_SECONDS}), attempts = attempts + 1
        where call_id = $1 and (claimed_until is null or claimed_until < now()) returning id, attempts`,
      [callId],
    );
    if (!owed) return undefined;
    const claimed = await tx.one<Claimed>(
      `select o.call_id, c.code as call_code, c.customer_id, a.id as agent_id, a.user_id as agent_user_id,
              a.ai_confidence_threshold as threshold, a.preferred_ai_model as model, o.message_sequence, m.content
         from assistance_owed o join call c on c.id = o.call_id and c.ended_at is null
         join agent a on a.id = c.assigned_agent_id and a.use_ai_assistance and a.user_id is not null
         join transcript_message m on m.call_id = o.call_id and m.sequence = o.message_sequence
        where o.id = $1 and o.attempts <= ${MOST_ATTEMPTS}`,
      [owed.id],
    );
    if (!claimed) await tx.rows('delete from assistance_owed where id = $1', [owed.id]);
    return claimed;
  }

  private async deliver(tx: Tx, claimed: Claimed, answered: Answered, tookMs: number): Promise<void> {
    // the call's row first, as everywhere: its events are in order
    await tx.rows('select 1 from call where id = $1 for no key update', [claimed.call_id]);
    const made = {
      callId: claimed.call_id,
      kind: 'live' as const,
      agentId: claimed.agent_id,
      sequence: claimed.message_sequence,
      tookMs,
    };
    const row = await this.suggestions.insert(tx, actor, made, answered);
    if (row) {
      const suggestion = suggestionView(row);
      this.events.append(
        tx,
        callSuggestion,
        {
          call_id: claimed.call_code,
          message_sequence: claimed.message_sequence,
          meets_threshold: suggestion.confidence >= Number(claimed.threshold),
          ...suggestion,
        },
        {
          actor,
          aggregate: `call:${claimed.call_id}`,
          audience: { users: [claimed.agent_user_id], scope: NOBODYS_SCOPE },
          subjectCustomerId: claimed.customer_id,
        },
      );
    }
    const gone = await tx.rows(
      'delete from assistance_owed where call_id = $1 and message_sequence <= $2 returning id',
      [claimed.call_id, claimed.message_sequence],
    );
    if (gone.length > 0) return;
    // he went on speaking meanwhile
    await tx.rows('update assistance_owed set claimed_until = null, attempts = 0 where call_id = $1', [
      claimed.call_id,
    ]);
    const callId = claimed.call_id;
    tx.afterCommit(() => void this.jobs.ring(suggestInCall, { callId }, { dedupId: callId }));
  }

  private async sweep(): Promise<void> {
    const rows = await this.database.read.rows<{ call_id: string }>(
      `select call_id from assistance_owed where created_at < now() - interval '5 seconds'
          and (claimed_until is null or claimed_until < now()) order by created_at limit ${SWEPT}`,
    );
    for (const { call_id: callId } of rows) await this.jobs.ring(suggestInCall, { callId }, { dedupId: callId });
  }
}
