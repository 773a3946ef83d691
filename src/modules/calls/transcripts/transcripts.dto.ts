import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { registerDecorator } from 'class-validator';
import { PageQuery } from '../../../platform/http/page';
import { BlankIsAbsent, IsText } from '../../../platform/http/text';
import { SPEAKERS, type Speaker } from './transcript.entity';

/** Whether a text is a well-formed BCP 47 tag, such as `ar` or `en-ZA`. */
function isLanguageTag(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 35) return false;
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

const IsLanguageTag = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    name: 'isLanguageTag',
    target: target.constructor,
    propertyName: property as string,
    validator: {
      validate: isLanguageTag,
      defaultMessage: () => '$property must be a BCP 47 language tag such as ar or en-GB',
    },
  });

/** Something that was said. */
export class AddMessage {
  /** @example "customer" */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toLowerCase() : value))
  @IsIn(SPEAKERS)
  speaker: Speaker;

  /**
   * What was said; at most 10,000 characters.
   * @example "Hello, I have a problem"
   */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && value.trim() === '' ? '' : value))
  @IsText(10_000, 1)
  content: string;

  /**
   * BCP 47.
   * @example "en"
   */
  @IsOptional()
  @BlankIsAbsent()
  @IsLanguageTag()
  language?: string;
}

/** What to look for in transcripts. */
export class SearchTranscripts extends PageQuery {
  /**
   * Words, all of which were said in one message.
   * @example "refund invoice"
   */
  @BlankIsAbsent()
  @IsText(200, 1)
  q: string;
}
