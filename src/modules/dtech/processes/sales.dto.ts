import { Transform, Type } from 'class-transformer';
import {
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../../../platform/http/page';

const ZA_MOBILE = /^\(0\d{2}\) \d{3}-\d{4}$/;
const zaPhone = { message: 'must look like (083) 555-5555' };
const CALL = /^CALL-[0-9A-F]{8}$/;

/** Who sells, as the gateway knows him. */
export class SellerInput {
  /**
   * The seller's id in your system.
   * @example "agent123"
   */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  external_id: string;

  /** @example "John" */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  first_name: string;

  /** @example "Doe" */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  last_name: string;

  /** @example "provider_123" */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  provider_id: string;
}

/** To whom it is sold. */
export class SalesLeadInput {
  /** @example "Jane" */
  @IsString()
  @MinLength(1)
  @MaxLength(49)
  first_name: string;

  /** @example "Smith" */
  @IsString()
  @MinLength(1)
  @MaxLength(50)
  last_name: string;

  /** @example "(083) 555-5555" */
  @Matches(ZA_MOBILE, zaPhone)
  phone_mobile: string;

  /** @example "CAMPAIGN_01" */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  campaign_code: string;

  /** @example "Website" */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  lead_origin: string;

  /** @example "REF-77" */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  external_reference?: string;

  /** @example "(021) 555-5555" */
  @IsOptional()
  @Matches(ZA_MOBILE, zaPhone)
  phone_work?: string;

  /** @example "jane@example.com" */
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string;

  /** @example "8001015009087" */
  @IsOptional()
  @IsString()
  @MaxLength(30)
  id_number?: string;
}

/** What every request to the gateway names. */
export class AccountInput {
  /**
   * Our account at DTech.
   * @example "7d3a3b2e-1f0c-4a52-9a43-0c6b6f1f2a11"
   */
  @IsUUID()
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value))
  account_id: string;
}

/** Input of a start. */
export class StartSales extends AccountInput {
  /** Who sells. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => SellerInput)
  user: SellerInput;

  /** To whom. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => SalesLeadInput)
  lead: SalesLeadInput;

  /**
   * Number of the dialer's lead it comes from.
   * @example 123
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  lead_id?: number;

  /**
   * The call it is started in; its recording will be uploaded by itself.
   * @example "CALL-A1B2C3D4"
   */
  @IsOptional()
  @Matches(CALL, { message: 'must look like CALL-A1B2C3D4' })
  call_id?: string;
}

/** Input of a continue. */
export class ContinueSales extends AccountInput {
  /** Who sells on. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => SellerInput)
  user: SellerInput;
}

/** Input of a stop. */
export class StopSales extends AccountInput {
  /** @example "Customer not interested" */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason: string;
}

/** Filters of the list. */
export class ListSales extends PageQuery {
  /** @example "in_progress" */
  @IsOptional()
  @IsIn(['starting', 'unknown', 'in_progress', 'complete', 'stopped', 'failed'])
  status?: string;

  /**
   * Key of the agent who sells.
   * @example "0192f5a0-0000-7cc3-98c4-dc0c0c073900"
   */
  @IsOptional()
  @IsUUID()
  agent_id?: string;

  /** @example "CALL-A1B2C3D4" */
  @IsOptional()
  @Matches(CALL, { message: 'must look like CALL-A1B2C3D4' })
  call_id?: string;

  /** @example 123 */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value))
  @IsInt()
  @Min(1)
  lead_id?: number;
}
