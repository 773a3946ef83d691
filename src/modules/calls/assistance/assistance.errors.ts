import { Conflict, NotFound } from '../../../platform/errors';

/** There is no such suggestion, or its call is not yours. */
export class SuggestionNotFound extends NotFound {
  static override readonly code = 'SUGGESTION_NOT_FOUND';

  constructor() {
    super('Suggestion not found');
  }
}

/** What became of a suggestion is recorded once; `outcome` says what was. */
export class OutcomeRecorded extends Conflict {
  static override readonly code = 'OUTCOME_RECORDED';

  constructor(private readonly outcome: string) {
    super(`This suggestion was ${outcome} already`);
  }

  override get extra(): Record<string, unknown> {
    return { outcome: this.outcome };
  }
}
