import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import type { AssistanceSuggestion } from './assistance.entity';
import type { Answered } from './assistant';

/** For whom and what a suggestion was made. */
export interface MadeFor {
  callId: string;
  kind: AssistanceSuggestion['kind'];
  agentId: string | null;
  sequence: number | null;
  tookMs: number;
}

/** The statements that write suggestions. */
@Injectable()
export class SuggestionsRepository {
  /** Stores a suggestion; undefined when this message has its live one already. */
  insert(tx: Tx, actor: Actor, made: MadeFor, answered: Answered): Promise<AssistanceSuggestion | undefined> {
    const { answer, message, context } = answered;
    return tx.one<AssistanceSuggestion>(
      `insert into assistance_suggestion (id, call_id, kind, asked_by, agent_id, message_sequence, message, context,
         suggestion, confidence, recommended_actions, intent, sentiment, urgency, language, sources, provider, took_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
       on conflict (call_id, message_sequence) where kind = 'live' do nothing returning *`,
      [
        newId(),
        made.callId,
        made.kind,
        JSON.stringify(snapshot(actor)),
        made.agentId,
        made.sequence,
        message,
        context,
        answer.suggestion,
        answer.confidence,
        answer.recommended_actions,
        answer.intent,
        answer.sentiment,
        answer.urgency,
        answer.language,
        JSON.stringify(answer.sources),
        answer.provider,
        made.tookMs,
      ],
    );
  }
}
