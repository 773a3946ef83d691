import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { BlankIsAbsent, IsText } from '../../../platform/http/text';
import { OUTCOMES, type Outcome } from './assistance.entity';

/** A question to the assistance during a call. */
export class AskAssistance {
  /** @example "CALL-A1B2C3D4" */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toUpperCase() : value))
  @IsText(50, 1)
  call_id: string;

  /**
   * What the customer just said, or what you want to know; Arabic, English or both.
   * @example "The customer asks when the refund arrives"
   */
  @BlankIsAbsent()
  @IsText(10_000, 1)
  message: string;

  /**
   * Anything else that is known: a text, or an object.
   * @example "Order 7781, returned on 1 November"
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  )
  @BlankIsAbsent()
  @IsText(5_000)
  context?: string;
}

/** What became of a suggestion. */
export class SuggestionFeedback {
  /** @example "accepted" */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toLowerCase() : value))
  @IsIn(OUTCOMES)
  outcome: Outcome;

  /**
   * What was said instead.
   * @example "I told him that it takes ten days"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(10_000)
  text?: string;
}
