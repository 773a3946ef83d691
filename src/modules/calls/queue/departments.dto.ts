import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min, registerDecorator } from 'class-validator';
import { IANAZone } from 'luxon';
import { IsText } from '../../../platform/http/text';
import { hoursProblem, type OpeningHours } from './opening-hours';

const whole = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value === '' ? null : value,
);

function check(name: string, problem: (value: unknown) => string | undefined): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => problem(value) === undefined,
        defaultMessage: ({ value } = {} as never) => `$property ${problem(value) ?? 'is not valid'}`,
      },
    });
}

const isHolidays = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length <= 400 &&
  value.every((day) => typeof day === 'string' && /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(day));

/** How a department answers; only what is sent changes. */
export class ChangeDepartment {
  /** @example "Asia/Riyadh" */
  @IsOptional()
  @check('isZone', (value) =>
    typeof value === 'string' && IANAZone.isValidZone(value) ? undefined : 'must be an IANA time zone',
  )
  @IsText(100)
  time_zone?: string;

  /**
   * Per weekday a list of from and to; a weekday left out is closed. null: always open.
   * @example {"sun": [["09:00", "18:00"]]}
   */
  @check('isWeek', (value) => (value === undefined ? undefined : hoursProblem(value)))
  opening_hours?: OpeningHours['week'];

  /**
   * Days on which it is closed.
   * @example ["2026-12-25"]
   */
  @IsOptional()
  @check('isHolidays', (value) => (isHolidays(value) ? undefined : 'must be at most 400 days as YYYY-MM-DD'))
  holidays?: string[];

  /**
   * How many calls may wait; null for any number.
   * @example 100
   */
  @IsOptional()
  @whole
  @IsInt()
  @Min(0)
  @Max(100_000)
  max_queue_length?: number | null;

  /**
   * How long a call may wait, in seconds; null for any time.
   * @example 600
   */
  @IsOptional()
  @whole
  @IsInt()
  @Min(1)
  @Max(86_400)
  max_wait_seconds?: number | null;

  /**
   * What becomes of a call that finds it closed or full, or has waited too long.
   * @example "callback"
   */
  @IsOptional()
  @IsIn(['department', 'voicemail', 'callback'])
  overflow?: 'department' | 'voicemail' | 'callback';

  /**
   * The department that takes over, where `overflow` is `department`.
   * @example "reception"
   */
  @IsOptional()
  @IsText(50)
  overflow_department?: string | null;

  /** @example 20 */
  @IsOptional()
  @whole
  @IsInt()
  @Min(1)
  @Max(3600)
  service_level_seconds?: number;

  /** @example 5 */
  @IsOptional()
  @whole
  @IsInt()
  @Min(0)
  @Max(3600)
  short_abandon_seconds?: number;
}
