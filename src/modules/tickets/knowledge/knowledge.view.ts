import type { ArticleLanguage, KnowledgeArticle } from './knowledge.entity';

/** An article. */
export class ArticleView {
  /** @example "KB-001" */
  article_id: string;
  /** @example "When a refund arrives" */
  title: string;
  /** @example "A refund goes back to the card or account that paid. It takes up to ten working days." */
  body: string;
  /** @example "en" */
  language: ArticleLanguage;
  /**
   * What a customer wants who is answered by it.
   * @example "refund"
   */
  topic: string | null;
  /** @example "complaints" */
  department: string | null;
  /** @example ["refund"] */
  tags: string[];
  /**
   * Rises with every edit.
   * @example 1
   */
  version: number;
  /** @example "2026-11-08T12:00:00.000Z" */
  created_at: string;
  /** @example "2026-11-08T12:00:00.000Z" */
  updated_at: string;
}

export const articleView = (article: KnowledgeArticle): ArticleView => ({
  article_id: article.code,
  title: article.title,
  body: article.body,
  language: article.language,
  topic: article.topic,
  department: article.department,
  tags: article.tags,
  version: article.version,
  created_at: article.created_at.toISOString(),
  updated_at: article.updated_at.toISOString(),
});

/** One article. */
export class ArticleReply {
  /** @example true */
  success: boolean;
  article: ArticleView;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** Articles, newest first. */
export class ArticlesReply {
  /** @example true */
  success: boolean;
  articles: ArticleView[];
  /** @example 1 */
  count: number;
  /** @example null */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** An article or a resolved ticket that holds what was looked for. */
export class FoundKnowledge {
  /** @example "article" */
  type: 'article' | 'ticket';
  /** @example "KB-001" */
  id: string;
  /** @example "When a refund arrives" */
  title: string;
  /**
   * The beginning of its text; of a ticket how it was resolved, without what would tell whose it is.
   * @example "A refund goes back to the card or account that paid."
   */
  excerpt: string;
  /** @example "en" */
  language: string;
  /** @example "refund" */
  topic: string | null;
  /**
   * How well it fits, for comparing within one search only.
   * @example 0.61
   */
  rank: number;
}

/** What was found, best first. */
export class FoundKnowledgeReply {
  /** @example true */
  success: boolean;
  results: FoundKnowledge[];
  /** @example 1 */
  count: number;
  /**
   * Always null: a search gives its best results and no more.
   * @example null
   */
  next_cursor: string | null;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}

/** An article is gone. */
export class ArticleDeletedReply {
  /** @example true */
  success: boolean;
  /** @example "KB-001" */
  article_id: string;
  /** @example "2026-11-08T12:00:00.000Z" */
  timestamp: string;
}
