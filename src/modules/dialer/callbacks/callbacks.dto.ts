import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsISO8601, IsOptional, ValidateIf } from 'class-validator';
import { PageQuery } from '../../../platform/http/page';
import { BlankIsAbsent, BlankIsNull, IsText } from '../../../platform/http/text';
import type { CallbackState } from './callback-state';
import { CALLBACK_STATUSES, type CallbackStatus } from './lead-callback.entity';

const STATES = ['open', 'scheduled', 'due', 'overdue', 'completed', 'canceled'] as const;

/** Which callbacks to list. */
export class ListCallbacks extends PageQuery {
  /**
   * `open` (the default) is scheduled, due and overdue together.
   * @example "overdue"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsIn(STATES)
  state?: CallbackState | 'open';

  /**
   * Only one's own.
   * @example true
   */
  @IsOptional()
  @Transform(({ value }) =>
    /^(true|1|yes)$/i.test(String(value)) ? true : /^(false|0|no)$/i.test(String(value)) ? false : value,
  )
  @IsBoolean()
  mine?: boolean;

  /**
   * Only those of this agent, by code; `none` for those of nobody.
   * @example "AGT-001"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(50)
  agent_id?: string;

  /**
   * Only those of this lead.
   * @example "123"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(20)
  lead_id?: string;
}

/** A new callback. */
export class CreateCallback {
  /**
   * When to call.
   * @example "2030-07-12T14:30:00Z"
   */
  @IsISO8601({ strict: true })
  due_at: string;

  /**
   * What it is about.
   * @example "Ask for Mary"
   */
  @IsOptional()
  @BlankIsNull()
  @IsText(10_000)
  note?: string | null;

  /**
   * Code of the agent who calls; the caller himself, else the lead's agent, when not sent.
   * @example "AGT-001"
   */
  @IsOptional()
  @BlankIsNull()
  @IsText(50)
  agent_id?: string | null;
}

/** What of a callback changes; what is not sent stays. */
export class ChangeCallback {
  /**
   * `completed` when the call was made, `canceled` when it shall not be, `pending` to open it again.
   * @example "completed"
   */
  @ValidateIf((input: ChangeCallback) => input.status !== undefined)
  @BlankIsAbsent()
  @IsIn(CALLBACK_STATUSES)
  status?: CallbackStatus;

  /**
   * Another time.
   * @example "2030-07-13T09:00:00Z"
   */
  @ValidateIf((input: ChangeCallback) => input.due_at !== undefined)
  @BlankIsAbsent()
  @IsISO8601({ strict: true })
  due_at?: string;

  /** @example "Mary is back on Monday" */
  @IsOptional()
  @BlankIsNull()
  @IsText(10_000)
  note?: string | null;

  /** @example "AGT-002" */
  @IsOptional()
  @BlankIsNull()
  @IsText(50)
  agent_id?: string | null;
}
