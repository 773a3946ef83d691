import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsEmail, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';

/** Printable text of one line: no control characters, NUL among them. */
export const PlainText = (max: number): PropertyDecorator =>
  applyDecorators(
    IsString(),
    MaxLength(max),
    Matches(/^\P{Cc}*$/u, { message: '$property must not hold control characters' }),
  );

/** An e-mail address, in lower case and without blanks around it. */
export const EmailAddress = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toLowerCase() : value)),
    IsEmail(),
    MaxLength(254),
  );

/** A password to be set: 8 to 200 characters, anything but control characters. */
const NewPassword = (): PropertyDecorator => applyDecorators(PlainText(200), MinLength(8));

/** A new account. */
export class RegisterDto {
  /**
   * Taken in any case, kept in lower case; one account each.
   * @example "user@example.com"
   */
  @EmailAddress()
  email: string;

  /**
   * 8 to 200 characters.
   * @example "secure_password"
   */
  @NewPassword()
  password: string;

  /**
   * Must equal `password` when it is sent.
   * @example "secure_password"
   */
  @IsOptional()
  @PlainText(200)
  password_confirm?: string;

  /**
   * Given name.
   * @example "John"
   */
  @IsOptional()
  @PlainText(150)
  first_name?: string;

  /**
   * Family name.
   * @example "Doe"
   */
  @IsOptional()
  @PlainText(150)
  last_name?: string;

  /**
   * Telephone number, kept as sent.
   * @example "+442079460123"
   */
  @IsOptional()
  @PlainText(40)
  phone?: string;

  /**
   * `user` for everybody; `agent` and `admin` only when an admin registers somebody.
   * @example "user"
   */
  @IsOptional()
  @PlainText(20)
  role?: string;

  /**
   * The departments of an agent; heeded when an admin registers one.
   * @example ["sales"]
   */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(50, { each: true })
  departments?: string[];

  /**
   * How the dialer names an agent; heeded when an admin registers one.
   * @example "1001"
   */
  @IsOptional()
  @PlainText(100)
  dialer_user_id?: string;
}

/** What one signs in with. */
export class LoginDto {
  /**
   * E-mail of the account, in any case.
   * @example "user@example.com"
   */
  @EmailAddress()
  email: string;

  /**
   * Password of the account.
   * @example "secure_password"
   */
  @PlainText(200)
  @MinLength(1)
  password: string;
}

/** A new password for whoever is signed in. */
export class PasswordChangeDto {
  /**
   * The password as it is.
   * @example "secure_password"
   */
  @PlainText(200)
  @MinLength(1)
  current_password: string;

  /**
   * 8 to 200 characters.
   * @example "another_secure_password"
   */
  @NewPassword()
  new_password: string;
}

/** A refresh token to be exchanged. */
export class RefreshDto {
  /**
   * The refresh token of the last answer; works once.
   * @example "rT0cXl2W0pYt6oG3bq1mJm0Y0W3m7cTq1bVqVgk9yXo"
   */
  @PlainText(500)
  @MinLength(1)
  refresh: string;
}

/** Whose password was forgotten. */
export class PasswordResetDto {
  /**
   * E-mail of the account.
   * @example "user@example.com"
   */
  @EmailAddress()
  email: string;
}

/** A new password, with the token from the mail. */
export class PasswordResetConfirmDto {
  /**
   * The token from the mail; works once, for one hour.
   * @example "Zk3T9m1c0oP8vYb2rXw5qLh7uJd4sNf6aEg1iKtMz0Q"
   */
  @PlainText(500)
  @MinLength(1)
  token: string;

  /**
   * 8 to 200 characters.
   * @example "another_secure_password"
   */
  @NewPassword()
  new_password: string;
}
