import { Transform } from 'class-transformer';
import { IsIn, IsNotEmpty, IsOptional } from 'class-validator';
import { PageQuery } from '../../../platform/http/page';
import { BlankIsAbsent, IsText } from '../../../platform/http/text';
import { IsInstant } from '../calls.input';

const lower = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toLowerCase() || undefined : value,
);

/** When somebody is to be rung back. */
export class PromiseCallback {
  /** @example "2026-11-08T15:30:00Z" */
  @IsInstant()
  due_at: Date;

  /** @example "sales" */
  @IsOptional()
  @lower
  @IsText(50)
  department?: string;

  /** @example "After the school run" */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(1000)
  note?: string;
}

/** Whom to ring, and when. */
export class ScheduleCallback extends PromiseCallback {
  /** @example "+966501234567" */
  @IsText(64, 1)
  @IsNotEmpty()
  phone_number: string;

  /** @example "John Doe" */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(200)
  customer_name?: string;
}

/** Which promises to list. */
export class ListCallbacks extends PageQuery {
  /** @example "scheduled" */
  @IsOptional()
  @lower
  @IsIn(['scheduled', 'queued', 'canceled'])
  state?: 'scheduled' | 'queued' | 'canceled';
}
