import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { PageQuery } from '../../../platform/http/page';
import { BlankIsAbsent, BlankIsNull, CommaList, IsText, Trimmed } from '../../../platform/http/text';
import { ARTICLE_LANGUAGES, type ArticleLanguage } from './knowledge.entity';

const MOST_TAGS = 20;
const WORD = /^[a-z][a-z0-9_-]{0,49}$/;
const word = { message: '$property must be small letters, digits, _ or -' };
const lower = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toLowerCase() || undefined : value,
);

/** Which articles to list. */
export class ListArticles extends PageQuery {
  /** @example "refund" */
  @IsOptional()
  @lower
  @IsText(50)
  topic?: string;

  /** @example "en" */
  @IsOptional()
  @lower
  @IsIn(ARTICLE_LANGUAGES)
  language?: ArticleLanguage;
}

/** What to look for. */
export class SearchKnowledge extends PageQuery {
  /**
   * Words in Arabic or English; what holds more of them comes first.
   * @example "refund not on my card"
   */
  @BlankIsAbsent()
  @IsText(500, 1)
  q: string;
}

/** A new article. */
export class WriteArticle {
  /** @example "When a refund arrives" */
  @Trimmed()
  @IsText(200, 1)
  title: string;

  /** @example "A refund goes back to the card or account that paid. It takes up to ten working days." */
  @Trimmed()
  @IsText(20_000, 1)
  body: string;

  /** @example "en" */
  @lower
  @IsIn(ARTICLE_LANGUAGES)
  language: ArticleLanguage;

  /**
   * What a customer wants who is answered by it; the assistance knows `billing payment refund cancellation quote claim
   * outage delivery appointment account complaint`.
   * @example "refund"
   */
  @IsOptional()
  @lower
  @Matches(WORD, word)
  topic?: string;

  /** @example "complaints" */
  @IsOptional()
  @lower
  @Matches(WORD, word)
  department?: string;

  /** @example ["refund"] */
  @IsOptional()
  @CommaList()
  @IsArray()
  @ArrayMaxSize(MOST_TAGS)
  @IsText(50, 1, { each: true })
  tags?: string[];
}

/** What of an article is changed; what is not sent stays, null or an empty text clears topic and department. */
export class EditArticle {
  /** @example "When a refund arrives" */
  @ValidateIf((input: EditArticle) => input.title !== undefined)
  @Trimmed()
  @IsText(200, 1)
  title?: string;

  /** @example "A refund goes back to the card or account that paid." */
  @ValidateIf((input: EditArticle) => input.body !== undefined)
  @Trimmed()
  @IsText(20_000, 1)
  body?: string;

  /** @example "en" */
  @ValidateIf((input: EditArticle) => input.language !== undefined)
  @lower
  @IsIn(ARTICLE_LANGUAGES)
  language?: ArticleLanguage;

  /** @example "refund" */
  @IsOptional()
  @BlankIsNull()
  @Matches(WORD, word)
  topic?: string | null;

  /** @example "complaints" */
  @IsOptional()
  @BlankIsNull()
  @Matches(WORD, word)
  department?: string | null;

  /** @example ["refund"] */
  @ValidateIf((input: EditArticle) => input.tags !== undefined)
  @CommaList()
  @IsArray()
  @ArrayMaxSize(MOST_TAGS)
  @IsText(50, 1, { each: true })
  tags?: string[];
}
