import { Matches, MaxLength, MinLength, IsString } from 'class-validator';
import { AccountInput } from '../processes/sales.dto';

/** Input of an activation. */
export class ActivateDtech extends AccountInput {
  /**
   * Named by DTech with the temporary token.
   * @example "my-security-group"
   */
  @Matches(/^[A-Za-z0-9._-]{1,100}$/, { message: 'may hold letters, digits, dots, dashes and underscores' })
  security_group: string;

  /**
   * The temporary token; it works once.
   * @example "tok_1234567890"
   */
  @IsString()
  @MinLength(1)
  @MaxLength(4000)
  request_token: string;
}
