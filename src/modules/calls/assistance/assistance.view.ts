import type { AssistanceSuggestion, Outcome } from './assistance.entity';
import type { Intent } from './rules/intent';
import type { Sentiment } from './rules/sentiment';
import type { Urgency } from './rules/urgency';

/** What a suggestion rests on. */
export class SuggestionSourceView {
  /** @example "article" */
  type: 'article' | 'ticket' | 'transcript';
  /** @example "KB-007" */
  id: string;
  /** @example "When a refund arrives" */
  title: string;
}

/** A suggestion for what to say or do next. */
export class SuggestionView {
  /**
   * For the feedback.
   * @example "0190c7f2-6d4a-7c31-9a11-2f4e6a8b0c1d"
   */
  suggestion_id: string;
  /** @example "Apologise for the trouble. From the article \"When a refund arrives\" (KB-007): It is released within three working days." */
  suggestion: string;
  /**
   * How likely it is right, from 0 to 1: measured, when the provider is local; its own word, when it is another.
   * @example 0.88
   */
  confidence: number;
  /** @example ["Look up the return"] */
  recommended_actions: string[];
  /** @example "refund" */
  intent: Intent;
  /** @example "negative" */
  sentiment: Sentiment;
  /** @example "medium" */
  urgency: Urgency;
  sources: SuggestionSourceView[];
  /**
   * `homeai`, `local`, or `local (homeai …)` with the reason why HomeAI gave none.
   * @example "local"
   */
  provider: string;
}

export const suggestionView = (row: AssistanceSuggestion): SuggestionView => ({
  suggestion_id: row.id,
  suggestion: row.suggestion,
  confidence: Number(row.confidence),
  recommended_actions: row.recommended_actions,
  intent: row.intent,
  sentiment: row.sentiment,
  urgency: row.urgency,
  sources: row.sources.map(({ type, id, title }) => ({ type, id, title })),
  provider: row.provider,
});

/** The answer of the assistance. */
export class AssistanceReply {
  /** @example true */
  success: boolean;
  /** @example "CALL-A1B2C3D4" */
  call_id: string;
  ai_response: SuggestionView;
  /** @example "2026-11-08T12:00:06.000Z" */
  timestamp: string;
}

/** What became of a suggestion, as it is recorded. */
export class FeedbackReply {
  /** @example true */
  success: boolean;
  /** @example "0190c7f2-6d4a-7c31-9a11-2f4e6a8b0c1d" */
  suggestion_id: string;
  /** @example "accepted" */
  outcome: Outcome;
  /** @example null */
  text: string | null;
  /** @example "2026-11-08T12:01:00.000Z" */
  recorded_at: string;
  /** @example "2026-11-08T12:01:00.000Z" */
  timestamp: string;
}
