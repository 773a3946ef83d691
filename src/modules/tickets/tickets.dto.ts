import { OmitType } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { PageQuery } from '../../platform/http/page';
import {
  spelledStatus,
  TICKET_PRIORITIES,
  TICKET_STATUSES,
  type TicketPriority,
  type TicketStatus,
} from './ticket-status';

/** NUL and half a surrogate pair cannot be stored. */
const STORABLE = /^[^\0\p{Cs}]*$/u;
const storable = { message: 'holds a character that cannot be stored' };
const eachStorable = { each: true, ...storable };
const DEPARTMENT = /^[a-z][a-z0-9_-]{0,49}$/;

type Convert = (params: TransformFnParams) => unknown;
const text =
  (convert: (value: string) => unknown): Convert =>
  ({ value }) =>
    typeof value === 'string' ? convert(value) : value;

const trimmed = text((value) => value.trim());
/** An empty text in a query string stands for nothing sent. */
const filled = text((value) => value.trim() || undefined);

/** `a,b`, `["a", "b"]` and `?x=a&x=b` as a list without doubles; empty means nothing was asked for. */
const listOf =
  (convert: (value: string) => string, empty: 'keep' | 'drop'): Convert =>
  ({ value }) => {
    if (typeof value !== 'string' && !(Array.isArray(value) && value.every((one) => typeof one === 'string')))
      return value;
    const parts = (Array.isArray(value) ? (value as string[]) : [value as string]).flatMap((one) => one.split(','));
    const list = [...new Set(parts.map((one) => convert(one)).filter((one) => one !== ''))];
    return list.length === 0 && empty === 'drop' ? undefined : list;
  };
const tag = (value: string): string => value.trim().toLowerCase();

/** What a ticket is opened with. */
export class OpenTicketInput {
  /**
   * What it is about.
   * @example "Delivery Issue"
   */
  @Transform(trimmed)
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  @Matches(STORABLE, storable)
  subject: string;

  /**
   * The whole story.
   * @example "Package not received"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @Matches(STORABLE, storable)
  description?: string;

  /** @example "Ahmed Mohamed" */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(200)
  @Matches(STORABLE, storable)
  customer_name?: string;

  /**
   * Finds or makes the customer, when it is a telephone number; kept as sent otherwise.
   * @example "+966501234567"
   */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(50)
  @Matches(STORABLE, storable)
  customer_phone?: string;

  /** @example "ahmed@example.com" */
  @IsOptional()
  @Transform(filled)
  @IsEmail()
  @MaxLength(254)
  customer_email?: string;

  /**
   * Without one it is `urgent` when the subject or the description says so (urgent, critical, emergency, عاجل, حرج, طوارئ),
   * else `medium`.
   * @example "high"
   */
  @IsOptional()
  @Transform(text((value) => value.trim().toLowerCase() || undefined))
  @IsIn(TICKET_PRIORITIES)
  priority?: TicketPriority;

  /**
   * `reception` when none is given.
   * @example "complaints"
   */
  @IsOptional()
  @Transform(text((value) => value.trim().toLowerCase() || undefined))
  @Matches(DEPARTMENT, { message: 'must be the name of a department' })
  department?: string;

  /**
   * The call it came from.
   * @example "CALL-1A2B3C4D"
   */
  @IsOptional()
  @Transform(text((value) => value.trim().toUpperCase() || undefined))
  @Matches(/^CALL-[0-9A-Z]{1,32}$/, { message: 'must be the id of a call' })
  call_id?: string;

  /**
   * An agent to work on it; agents and admins only. The ticket is then `in_progress`.
   * @example "AGT-002"
   */
  @IsOptional()
  @Transform(text((value) => value.trim().toUpperCase() || undefined))
  @Matches(/^AGT-[0-9A-Z]{1,32}$/, { message: 'must be the id of an agent' })
  assigned_to?: string;

  /**
   * Words to find it by; at most 20.
   * @example ["delivery"]
   */
  @IsOptional()
  @Transform(listOf(tag, 'keep'))
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(50, { each: true })
  @Matches(STORABLE, eachStorable)
  tags?: string[];
}

/** What is to change; what is left out stays. */
export class EditTicketInput {
  /**
   * @example "resolved"
   */
  @IsOptional()
  @Transform(text((value) => spelledStatus(value) || undefined))
  @IsIn(TICKET_STATUSES)
  status?: TicketStatus;

  /** @example "urgent" */
  @IsOptional()
  @Transform(text((value) => value.trim().toLowerCase() || undefined))
  @IsIn(TICKET_PRIORITIES)
  priority?: TicketPriority;

  /**
   * The agent who works on it; an open ticket becomes `in_progress`. Null or empty takes it from whoever has it.
   * @example "AGT-002"
   */
  @Transform(text((value) => value.trim().toUpperCase() || null))
  @ValidateIf((_input, value) => value !== undefined && value !== null)
  @Matches(/^AGT-[0-9A-Z]{1,32}$/, { message: 'must be the id of an agent' })
  assigned_to?: string | null;

  /**
   * Added to the notes; everybody who sees the ticket sees them. What its owner must not read is an internal comment.
   * @example "Issue resolved"
   */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(10_000)
  @Matches(STORABLE, storable)
  notes?: string;

  /** @example "Delivery Issue" */
  @IsOptional()
  @Transform(trimmed)
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  @Matches(STORABLE, storable)
  subject?: string;

  /** @example "Package not received" */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @Matches(STORABLE, storable)
  description?: string;

  /** @example "complaints" */
  @IsOptional()
  @Transform(text((value) => value.trim().toLowerCase() || undefined))
  @Matches(DEPARTMENT, { message: 'must be the name of a department' })
  department?: string;

  /**
   * All tags it shall have, instead of those it has.
   * @example ["delivery", "vip"]
   */
  @IsOptional()
  @Transform(listOf(tag, 'keep'))
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(50, { each: true })
  @Matches(STORABLE, eachStorable)
  tags?: string[];

  /** @example "Ahmed Mohamed" */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(200)
  @Matches(STORABLE, storable)
  customer_name?: string;

  /** @example "ahmed@example.com" */
  @IsOptional()
  @Transform(filled)
  @IsEmail()
  @MaxLength(254)
  customer_email?: string;
}

/** Which tickets, and how many. */
export class ListTicketsQuery extends PageQuery {
  /**
   * One status or several, comma-separated.
   * @example "open,in_progress"
   */
  @IsOptional()
  @Transform(listOf(spelledStatus, 'drop'))
  @IsArray()
  @IsIn(TICKET_STATUSES, { each: true })
  status?: TicketStatus[];

  /**
   * One priority or several, comma-separated.
   * @example "high,urgent"
   */
  @IsOptional()
  @Transform(listOf(tag, 'drop'))
  @IsArray()
  @IsIn(TICKET_PRIORITIES, { each: true })
  priority?: TicketPriority[];

  /** @example "complaints" */
  @IsOptional()
  @Transform(text((value) => value.trim().toLowerCase() || undefined))
  @Matches(DEPARTMENT, { message: 'must be the name of a department' })
  department?: string;

  /**
   * An agent's id; `me` for your own, `none` for tickets nobody works on.
   * @example "AGT-002"
   */
  @IsOptional()
  @Transform(text((value) => value.trim().toUpperCase() || undefined))
  @Matches(/^(AGT-[0-9A-Z]{1,32}|ME|NONE)$/, { message: 'must be the id of an agent, me or none' })
  assigned_to?: string;

  /**
   * A customer's id or telephone number.
   * @example "CUST-001"
   */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(64)
  @Matches(STORABLE, storable)
  customer?: string;

  /**
   * Tags it must all have, comma-separated; at most 5.
   * @example "vip"
   */
  @IsOptional()
  @Transform(listOf(tag, 'drop'))
  @IsArray()
  @ArrayMaxSize(5)
  @IsString({ each: true })
  @MaxLength(50, { each: true })
  @Matches(STORABLE, eachStorable)
  tags?: string[];

  /**
   * Part of its number, its subject, its description (the first 2,000 characters) or its customer's name, telephone number
   * or e-mail.
   * @example "package"
   */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(200)
  @Matches(STORABLE, storable)
  @Matches(/[\p{L}\p{N}]{3}/u, { message: 'must have at least three letters or digits in a row' })
  search?: string;

  /**
   * Opened at this time or later: a date (of the business's time zone) or a time.
   * @example "2024-11-01"
   */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(40)
  from?: string;

  /**
   * Opened before this time, or on this date or earlier.
   * @example "2024-11-30"
   */
  @IsOptional()
  @Transform(filled)
  @IsString()
  @MaxLength(40)
  to?: string;
}

/** Which tickets; all of them are written. */
export class ExportTicketsQuery extends OmitType(ListTicketsQuery, ['limit', 'cursor'] as const) {}

/** A comment on a ticket. */
export class CommentInput {
  /** @example "The parcel is at the depot." */
  @Transform(trimmed)
  @IsString()
  @IsNotEmpty()
  @MaxLength(10_000)
  @Matches(STORABLE, storable)
  body: string;

  /**
   * Kept from the subscriber who owns the ticket; agents and admins only.
   * @example false
   */
  @IsOptional()
  @Transform(({ value }: TransformFnParams) =>
    typeof value === 'string' && /^(true|false|1|0)$/i.test(value) ? /^(true|1)$/i.test(value) : (value as unknown),
  )
  @IsBoolean()
  internal?: boolean;
}

/** What a ticket is merged into. */
export class MergeTicketInput {
  /**
   * The ticket that stays.
   * @example "TKT-20241108-0001"
   */
  @Transform(text((value) => value.trim().toUpperCase()))
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  @Matches(STORABLE, storable)
  into: string;
}
