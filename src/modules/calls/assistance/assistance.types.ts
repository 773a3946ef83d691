import type { Speaker } from '../transcripts/transcript.entity';
import type { Passage } from './knowledge-source';
import type { Intent, IntentReading } from './rules/intent';
import type { Sentiment } from './rules/sentiment';
import type { Urgency } from './rules/urgency';
import type { Language } from './text/normalise';

/** One thing that was said, masked. */
export interface Said {
  sequence: number;
  speaker: Speaker;
  content: string;
}

/** What a suggestion is made of, masked throughout. */
export interface AssistanceRequest {
  callCode: string;
  /** The transcript's newest messages, oldest first. */
  transcript: Said[];
  /** What help is asked about: the newest words, or the agent's question. */
  message: string;
  context: string | null;
  /** The language of the newest words. */
  language: Language;
  reading: IntentReading & { sentiment: Sentiment; urgency: Urgency };
  passages: RankedPassage[];
  /** The model the agent prefers; undefined for the house's. */
  model: string | undefined;
}

/** A passage and how well it answers, from 0 to 1. */
export interface RankedPassage extends Passage {
  fit: number;
}

/** What a suggestion rests on. */
export interface SuggestionSource {
  type: 'article' | 'ticket' | 'transcript';
  id: string;
  title: string;
}

/** What an assistant answers. */
export interface Suggestion {
  suggestion: string;
  confidence: number;
  recommended_actions: string[];
  sentiment: Sentiment;
  urgency: Urgency;
  sources: SuggestionSource[];
}

/** A suggestion with what was understood, and whose it is. */
export interface AssistanceAnswer extends Suggestion {
  intent: Intent;
  language: Language;
  /** `local`, `homeai`, or `local (homeai timed out)`. */
  provider: string;
}
