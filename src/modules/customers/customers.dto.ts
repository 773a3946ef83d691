import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsEmail, IsOptional, registerDecorator } from 'class-validator';
import { PageQuery } from '../../platform/http/page';
import { BlankIsAbsent, BlankIsNull, CommaList, IsText } from '../../platform/http/text';

const MAX_TAGS = 20;
const MAX_TAG = 50;

/** Each of a list of tags: 1 to 50 characters. */
const AreTags = (): PropertyDecorator => (target, propertyKey) =>
  registerDecorator({
    name: 'areTags',
    target: target.constructor,
    propertyName: propertyKey as string,
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) &&
        value.every(
          (tag) => typeof tag === 'string' && tag.length >= 1 && tag.length <= MAX_TAG && !tag.includes('\0'),
        ),
      defaultMessage: () => `$property must be a list of texts of 1 to ${MAX_TAG} characters`,
    },
  });

/** Which customers to list. */
export class ListCustomers extends PageQuery {
  /**
   * Free text: every word must occur in the name, telephone number, e-mail, company or customer number.
   * @example "ahmed"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(100)
  search?: string;

  /**
   * Only the customer of this telephone number, however it is written.
   * @example "+966501234567"
   */
  @IsOptional()
  @IsText(64)
  phone?: string;

  /**
   * Only customers with this e-mail address.
   * @example "ahmed@example.com"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(254)
  email?: string;
}

/** A customer's fields; null or an empty text clears one. */
export class ChangeCustomer {
  /** @example "Ahmed Mohamed" */
  @IsOptional()
  @BlankIsNull()
  @IsText(200)
  name?: string | null;

  /**
   * Kept as sent. What is a telephone number is also kept in E.164 and belongs to one customer only.
   * @example "+966501234567"
   */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' && value.trim() === '' ? null : value))
  @IsText(64)
  phone?: string | null;

  /** @example "ahmed@example.com" */
  @IsOptional()
  @BlankIsNull()
  @IsEmail()
  @IsText(254)
  email?: string | null;

  /** @example "Example Trading" */
  @IsOptional()
  @BlankIsNull()
  @IsText(200)
  company?: string | null;

  /** @example "Prefers to be called in the morning" */
  @IsOptional()
  @BlankIsNull()
  @IsText(10_000)
  notes?: string | null;

  /** @example ["vip"] */
  @IsOptional()
  @CommaList()
  @IsArray()
  @ArrayMaxSize(MAX_TAGS)
  @AreTags()
  tags?: string[] | null;
}

/** A new customer: a name or a telephone number at least. */
export class CreateCustomer extends ChangeCustomer {
  /**
   * Country (ISO 3166) in which a national telephone number is read.
   * @example "SA"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsText(2, 2)
  country?: string;
}
