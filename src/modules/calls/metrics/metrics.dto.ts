import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageQuery } from '../../../platform/http/page';
import { BlankIsAbsent, IsText } from '../../../platform/http/text';
import { IsInstant } from '../calls.input';

const lower = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toLowerCase() || undefined : value,
);
const whole = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
);
const code = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toUpperCase() || undefined : value,
);

/** Of which time and department. */
export class MetricsQuery {
  /**
   * Waits and calls from this time on. Default: a day before `to`.
   * @example "2026-11-08T00:00:00Z"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsInstant()
  from?: Date;

  /**
   * And before this time; at most 92 days later. Default: now.
   * @example "2026-11-09T00:00:00Z"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsInstant()
  to?: Date;

  /** @example "sales" */
  @IsOptional()
  @lower
  @IsText(50)
  department?: string;
}

/** Whose performance, and over how long. */
export class PerformanceQuery {
  /**
   * Days, today included.
   * @example 30
   */
  @IsOptional()
  @whole
  @IsInt()
  @Min(1)
  @Max(366)
  days: number = 30;

  /**
   * Another agent's, for admins and supervisors. Without it: yours.
   * @example "AGT-001"
   */
  @IsOptional()
  @code
  @IsText(50)
  agent_id?: string;
}

/** Whose calls to list. */
export class CallHistoryQuery extends PageQuery {
  /**
   * One status or several, comma-separated.
   * @example "completed"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(200)
  status?: string;

  /**
   * Another agent's, for admins and supervisors. Without it: yours.
   * @example "AGT-001"
   */
  @IsOptional()
  @code
  @IsText(50)
  agent_id?: string;
}
