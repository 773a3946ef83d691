import { Transform } from 'class-transformer';
import { IsEmail, IsIn, IsNotEmpty, IsOptional } from 'class-validator';
import { PageQuery } from '../../platform/http/page';
import { BlankIsAbsent, IsText } from '../../platform/http/text';
import { CALL_STATUSES, type CallStatus, readStatus } from './call-state';
import { AreSkills, IsInstant, IsMetadata } from './calls.input';
import type { SkillWish } from './queue/distribution-choice';
import { PRIORITIES, type Priority } from './queue/priority';

const lower = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toLowerCase() || undefined : value,
);
const upper = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toUpperCase() || undefined : value,
);
const asStatus = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? (readStatus(value) ?? value) : value,
);

/** A call that has begun. */
export class CreateCall {
  /**
   * Whatever is known of the number; what is no phone number is kept and never matched on.
   * @example "+966501234567"
   */
  @IsText(64, 1)
  @IsNotEmpty()
  phone_number: string;

  /** @example "John Doe" */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(200)
  customer_name?: string;

  /** @example "john@example.com" */
  @IsOptional()
  @BlankIsAbsent()
  @IsEmail()
  @IsText(254)
  customer_email?: string;

  /**
   * Which department it is for. It waits there only once it is routed.
   * @example "sales"
   */
  @IsOptional()
  @lower
  @IsText(50)
  department?: string;

  /** @example "medium" */
  @IsOptional()
  @lower
  @IsIn(PRIORITIES)
  priority?: Priority;

  /** @example "inbound" */
  @IsOptional()
  @lower
  @IsIn(['inbound', 'outbound'])
  direction?: 'inbound' | 'outbound';

  /**
   * The sales process it belongs to.
   * @example "7d1a2f4e-8a53-4a39-9a55-1f2b3c4d5e6f"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(100)
  sales_process_id?: string;

  /**
   * Skills an agent must have, with the level needed (1 to 5).
   * @example ["arabic:3"]
   */
  @IsOptional()
  @AreSkills()
  required_skills?: SkillWish[];

  /**
   * Skills an agent should have; each ten seconds of waiting ask for one level less.
   * @example ["billing:2"]
   */
  @IsOptional()
  @AreSkills()
  preferred_skills?: SkillWish[];

  /**
   * Anything the caller wants to keep with the call.
   * @example {"campaign": "spring"}
   */
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, unknown>;
}

/** A call to be dialled. */
export class StartCall extends CreateCall {
  /**
   * The same as `direction`, as older clients call it.
   * @example "outbound"
   */
  @IsOptional()
  @lower
  @IsIn(['inbound', 'outbound'])
  call_type?: 'inbound' | 'outbound';
}

/** Which calls to list. */
export class ListCalls extends PageQuery {
  /**
   * One status or several, comma-separated, in any accepted spelling; `all` for every call. Without it: calls that are
   * going on.
   * @example "in_progress,on_hold"
   */
  @IsOptional()
  @BlankIsAbsent()
  @Transform(({ value }: { value: unknown }) => readStatuses(value))
  @IsIn(['all', ...CALL_STATUSES], { each: true })
  status?: ('all' | CallStatus)[];

  /** @example "inbound" */
  @IsOptional()
  @lower
  @IsIn(['inbound', 'outbound'])
  direction?: 'inbound' | 'outbound';

  /** @example "sales" */
  @IsOptional()
  @lower
  @IsText(50)
  department?: string;

  /** @example "AGT-001" */
  @IsOptional()
  @upper
  @IsText(50)
  agent_id?: string;

  /** @example "CUST-001" */
  @IsOptional()
  @upper
  @IsText(50)
  customer_id?: string;

  /**
   * A phone number in any spelling.
   * @example "+966501234567"
   */
  @IsOptional()
  @IsText(64)
  phone?: string;

  /**
   * Calls that began at this time or later.
   * @example "2026-11-01T00:00:00Z"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsInstant()
  from?: Date;

  /**
   * Calls that began before this time.
   * @example "2026-12-01T00:00:00Z"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsInstant()
  to?: Date;
}

function readStatuses(value: unknown): unknown {
  const words: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  return words.map((word) => (typeof word === 'string' ? (readStatus(word) ?? word.trim().toLowerCase()) : word));
}

/** A status to be set by hand. */
export class SetCallStatus {
  /**
   * Any status of a call; `answered`, `queued`, `ended`, `cancelled` and `-` for `_` are understood.
   * @example "in_progress"
   */
  @asStatus
  @IsIn(CALL_STATUSES)
  status: CallStatus;
}

/** Where a call is to go. */
export class RouteCall {
  /**
   * Without it, `text` decides; without that too, the call's own department.
   * @example "sales"
   */
  @IsOptional()
  @lower
  @IsText(50)
  department?: string;

  /**
   * What the caller wants, in his words (English or Arabic).
   * @example "I have a problem with my order"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(1000)
  text?: string;

  /** @example "high" */
  @IsOptional()
  @lower
  @IsIn(PRIORITIES)
  priority?: Priority;

  /** @example ["arabic:3"] */
  @IsOptional()
  @AreSkills()
  required_skills?: SkillWish[];

  /** @example ["billing:2"] */
  @IsOptional()
  @AreSkills()
  preferred_skills?: SkillWish[];
}

/** Where a call is transferred; a department, an agent, or an agent with the department that comes after him. */
export class TransferCall {
  /** @example "complaints" */
  @IsOptional()
  @lower
  @IsText(50)
  target_department?: string;

  /** @example "AGT-003" */
  @IsOptional()
  @upper
  @IsText(50)
  agent_id?: string;
}

/** The colleague who is asked. */
export class ConsultAgent {
  /** @example "AGT-003" */
  @upper
  @IsText(50, 1)
  agent_id: string;
}

/** What came of a call. */
export class DisposeOfCall {
  /** @example "sale_made" */
  @BlankIsAbsent()
  @IsText(100, 1)
  disposition: string;

  /** @example "Wants the offer in writing" */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(5000)
  notes?: string;
}

/** A note on a call. */
export class NoteOnCall {
  /** @example "Asked to be rung in the afternoon" */
  @BlankIsAbsent()
  @IsText(5000, 1)
  note: string;
}

/** Which calls to show as sessions. */
export class ListSessions extends PageQuery {
  /**
   * One status or several, comma-separated. Without it: all.
   * @example "completed"
   */
  @IsOptional()
  @BlankIsAbsent()
  @Transform(({ value }: { value: unknown }) => readStatuses(value))
  @IsIn(['all', ...CALL_STATUSES], { each: true })
  status?: ('all' | CallStatus)[];
}

/** Whose queue to show. */
export class ShowQueue extends PageQuery {
  /** @example "sales" */
  @IsOptional()
  @lower
  @IsText(50)
  department?: string;
}
