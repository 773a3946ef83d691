import { AssistanceController } from './assistance.controller';
import { AssistanceService } from './assistance.service';
import { Assistant } from './assistant';
import { HomeAiClient } from './homeai/homeai.client';
import { Knowledge } from './knowledge-source';
import { PlanSuggestions } from './live/plan-suggestions';
import { SuggestHandler } from './live/suggest.handler';
import { SuggestionErasure } from './suggestion-erasure';
import { SuggestionsRepository } from './suggestions.repository';

/** Before the other controllers of calls: `/api/calls/ai-assistance` is no call. */
export const assistanceControllers = [AssistanceController];

export const assistanceProviders = [
  Assistant,
  AssistanceService,
  HomeAiClient,
  Knowledge,
  PlanSuggestions,
  SuggestHandler,
  SuggestionErasure,
  SuggestionsRepository,
];
