import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../../platform/access/actor';
import { Database } from '../../../platform/database/database';
import { isUuid } from '../../../platform/http/page';
import { maySeeCall } from '../call-access';
import type { Call } from '../call.entity';
import { CallsQueries } from '../calls.queries';
import type { AskAssistance, SuggestionFeedback } from './assistance.dto';
import type { AssistanceSuggestion } from './assistance.entity';
import { OutcomeRecorded, SuggestionNotFound } from './assistance.errors';
import { type AssistanceReply, type FeedbackReply, suggestionView } from './assistance.view';
import { Assistant } from './assistant';
import { SuggestionsRepository } from './suggestions.repository';
import { mask } from './text/masking';

type WithCall = AssistanceSuggestion &
  Pick<Call, 'department' | 'assigned_agent_id' | 'consult_agent_id' | 'owner_user_id'>;

/** Help during calls: asked for, kept, and judged by who got it. */
@Injectable()
export class AssistanceService {
  constructor(
    private readonly database: Database,
    private readonly calls: CallsQueries,
    private readonly assistant: Assistant,
    private readonly suggestions: SuggestionsRepository,
  ) {}

  /** A suggestion for a call the actor may see; throws CallNotFound. The provider is asked outside any transaction. */
  async ask(actor: Actor, input: AskAssistance): Promise<AssistanceReply> {
    const start = performance.now();
    const call = await this.calls.visible(actor, input.call_id);
    const agent = await this.agentOf(actor);
    const answered = await this.assistant.answer(actor, call, {
      message: input.message,
      context: input.context ?? null,
      model: agent?.preferred_ai_model,
    });
    const made = {
      callId: call.id,
      kind: 'asked' as const,
      agentId: agent?.id ?? null,
      sequence: null,
      tookMs: Math.round(performance.now() - start),
    };
    const row = await this.database.transaction((tx) => this.suggestions.insert(tx, actor, made, answered));
    if (!row) throw new Error('an insert gave no row');
    return {
      success: true,
      call_id: call.code,
      ai_response: suggestionView(row),
      timestamp: new Date().toISOString(),
    };
  }

  /** Records what became of a suggestion. The same said again is answered alike; another outcome is OutcomeRecorded. */
  async feedback(actor: Actor, id: string, input: SuggestionFeedback): Promise<FeedbackReply> {
    if (!isUuid(id)) throw new SuggestionNotFound();
    const text = input.text === undefined ? null : mask(input.text);
    return this.database.transaction(async (tx) => {
      const row = await tx.one<WithCall>(
        `select s.*, c.department, c.assigned_agent_id, c.consult_agent_id, c.owner_user_id
           from assistance_suggestion s join call c on c.id = s.call_id where s.id = $1 for no key update of s`,
        [id],
      );
      if (!row || !maySeeCall(actor, row)) throw new SuggestionNotFound();
      if (row.outcome !== null && (row.outcome !== input.outcome || row.outcome_text !== text)) {
        throw new OutcomeRecorded(row.outcome);
      }
      const recorded =
        row.outcome_at ??
        (
          await tx.one<{ outcome_at: Date }>(
            `update assistance_suggestion set outcome = $2, outcome_text = $3, outcome_by = $4, outcome_at = now()
            where id = $1 returning outcome_at`,
            [id, input.outcome, text, JSON.stringify(snapshot(actor))],
          )
        )?.outcome_at;
      return {
        success: true,
        suggestion_id: id,
        outcome: input.outcome,
        text,
        recorded_at: (recorded as Date).toISOString(),
        timestamp: new Date().toISOString(),
      };
    });
  }

  private async agentOf(actor: Actor): Promise<{ id: string; preferred_ai_model: string } | undefined> {
    if (!actor.agent) return undefined;
    return this.database.read.one('select id, preferred_ai_model from agent where id = $1', [actor.agent.id]);
  }
}
