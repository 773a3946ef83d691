import { IsIn, IsISO8601, IsOptional, ValidateIf } from 'class-validator';
import { PageQuery } from '../../../platform/http/page';
import { BlankIsAbsent, BlankIsNull, CommaList, IsText } from '../../../platform/http/text';
import { LEAD_STATUSES, type LeadStatus } from './lead-status';

/** Which leads to list. */
export class ListLeads extends PageQuery {
  /**
   * Only leads of these statuses; several separated by commas.
   * @example "interested,callback"
   */
  @IsOptional()
  @CommaList()
  @IsIn(LEAD_STATUSES, { each: true })
  status?: LeadStatus[];

  /**
   * Only leads of this agent, by code; `me` for one's own, `none` for leads of nobody.
   * @example "AGT-001"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(50)
  agent_id?: string;

  /**
   * Another spelling of `agent_id`.
   * @example "me"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(50)
  agent?: string;

  /**
   * Only leads of this campaign.
   * @example "Solar_Campaign_2024"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(255)
  campaign?: string;

  /**
   * Only leads created at this time or later.
   * @example "2025-01-01T00:00:00Z"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsISO8601({ strict: true })
  from?: string;

  /**
   * Only leads created before this time; a day alone counts whole.
   * @example "2025-02-01T00:00:00Z"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsISO8601({ strict: true })
  to?: string;

  /**
   * Free text: every word must occur in the name, telephone number or e-mail address.
   * @example "smith"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(100)
  search?: string;
}

/** What of a lead people change; what is not sent stays, null or an empty text clears. */
export class ChangeLead {
  /** @example "qualified" */
  @ValidateIf((input: ChangeLead) => input.status !== undefined)
  @BlankIsAbsent()
  @IsIn(LEAD_STATUSES)
  status?: LeadStatus;

  /** @example "Call after six" */
  @IsOptional()
  @BlankIsNull()
  @IsText(10_000)
  notes?: string | null;

  /**
   * Code of the agent who takes the lead over; null for nobody.
   * @example "AGT-002"
   */
  @IsOptional()
  @BlankIsNull()
  @IsText(50)
  assigned_agent_id?: string | null;

  /**
   * When the appointment is.
   * @example "2030-07-20T14:30:00Z"
   */
  @IsOptional()
  @BlankIsNull()
  @IsISO8601({ strict: true })
  appointment_at?: string | null;

  /** @example "Ring the side bell" */
  @IsOptional()
  @BlankIsNull()
  @IsText(10_000)
  appointment_notes?: string | null;
}
