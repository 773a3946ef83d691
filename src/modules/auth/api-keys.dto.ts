import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, MinLength } from 'class-validator';
import { SCOPES, type Scope } from '../../platform/access/access.decorators';
import { PlainText } from './auth.dto';

/** A key to be made for a service. */
export class CreateApiKeyDto {
  /**
   * What it is for; shown in the list.
   * @example "Reporting"
   */
  @PlainText(100)
  @MinLength(1)
  name: string;

  /**
   * What the service may do: `<room>:read`, `<room>:write`, `events:read`, or `*` for everything.
   * @example ["calls:read", "events:read"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes: Scope[];
}
