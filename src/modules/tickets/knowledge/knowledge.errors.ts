import { NotFound } from '../../../platform/errors';

/** There is no such article. */
export class ArticleNotFound extends NotFound {
  static override readonly code = 'ARTICLE_NOT_FOUND';

  constructor(code: string) {
    super(`Article '${code}' not found`);
  }
}
