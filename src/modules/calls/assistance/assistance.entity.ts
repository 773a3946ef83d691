import { Column, Entity } from 'typeorm';
import type { ActorSnapshot } from '../../../platform/access/actor';
import { BaseRow } from '../../../platform/database/base.entity';
import type { SuggestionSource } from './assistance.types';
import type { Intent } from './rules/intent';
import type { Sentiment } from './rules/sentiment';
import type { Urgency } from './rules/urgency';
import type { Language } from './text/normalise';

export const OUTCOMES = ['accepted', 'edited', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A suggestion and what became of it. Every text in it is masked. */
@Entity('assistance_suggestion')
export class AssistanceSuggestion extends BaseRow {
  @Column('uuid')
  call_id: string;

  /** Whether somebody asked, or it was made because the customer said something. */
  @Column('text')
  kind: 'asked' | 'live';

  @Column('jsonb')
  asked_by: ActorSnapshot;

  /** Whose suggestion it is; null when no agent asked. */
  @Column('uuid', { nullable: true })
  agent_id: string | null;

  /** The message of the transcript it answers. */
  @Column('integer', { nullable: true })
  message_sequence: number | null;

  @Column('text')
  message: string;

  @Column('text', { nullable: true })
  context: string | null;

  @Column('text')
  suggestion: string;

  @Column('numeric', { precision: 3, scale: 2 })
  confidence: number;

  @Column('text', { array: true })
  recommended_actions: string[];

  @Column('text')
  intent: Intent;

  @Column('text')
  sentiment: Sentiment;

  @Column('text')
  urgency: Urgency;

  @Column('text')
  language: Language;

  @Column('jsonb')
  sources: SuggestionSource[];

  @Column('text')
  provider: string;

  @Column('integer')
  took_ms: number;

  @Column('text', { nullable: true })
  outcome: Outcome | null;

  /** What the agent said instead. */
  @Column('text', { nullable: true })
  outcome_text: string | null;

  @Column('jsonb', { nullable: true })
  outcome_by: ActorSnapshot | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  outcome_at: Date | null;
}

/** A suggestion that is owed to the agent in a call: about the newest words of its customer. */
@Entity('assistance_owed')
export class AssistanceOwed extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('uuid')
  agent_id: string;

  @Column('integer')
  message_sequence: number;

  @Column('integer', { default: 0 })
  attempts: number;

  /** Until when a worker has it. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  claimed_until: Date | null;
}
