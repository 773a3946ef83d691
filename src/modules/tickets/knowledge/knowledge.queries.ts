import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Database } from '../../../platform/database/database';
import { decodeTimeCursor, pageOf, timeKey } from '../../../platform/http/page';
import { contentWords, type KnowledgeSource, type KnowledgeWish, type Passage } from '../../calls';
import { isSubscriber } from '../ticket-access';
import type { ListArticles, SearchKnowledge } from './knowledge.dto';
import type { KnowledgeArticle } from './knowledge.entity';
import { ArticleNotFound } from './knowledge.errors';
import { type ArticleReply, type ArticlesReply, articleView, type FoundKnowledgeReply } from './knowledge.view';
import { type ResolvedTicket, ticketPassage } from './ticket-passage';

/** Every column but the one that is only searched. */
export const ARTICLE_COLUMNS = `id, code, version, title, body, language, topic, department, tags, written_by, created_at,
  updated_at`;

const EXCERPT = 300;
const MOST_FOUND = 50;
/** How many hits are ranked: what is looked for by common words costs no more than this. */
const MOST_RANKED = 2000;
/** Beyond this many words nothing is gained. */
const MOST_WORDS = 60;

/** Reads articles, and searches them together with resolved tickets: the source behind the assistance in calls. */
@Injectable()
export class KnowledgeQueries implements KnowledgeSource {
  constructor(private readonly database: Database) {}

  /** A page of articles, newest first. */
  async list(query: ListArticles): Promise<ArticlesReply> {
    const params: unknown[] = [];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where: string[] = ['true'];
    if (query.language) where.push(`language = ${param(query.language)}`);
    if (query.topic) where.push(`topic = ${param(query.topic)}`);
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(created_at, id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    const rows = await this.database.read.rows<KnowledgeArticle>(
      `select ${ARTICLE_COLUMNS} from knowledge_article where ${where.join(' and ')}
        order by created_at desc, id desc limit ${param(query.limit + 1)}`,
      params,
    );
    const page = pageOf(rows, query.limit, timeKey);
    return {
      success: true,
      articles: page.rows.map(articleView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** One article. Throws ArticleNotFound. */
  async get(code: string): Promise<ArticleReply> {
    const row = await this.database.read.one<KnowledgeArticle>(
      `select ${ARTICLE_COLUMNS} from knowledge_article where code = $1`,
      [code],
    );
    if (!row) throw new ArticleNotFound(code);
    return { success: true, article: articleView(row), timestamp: new Date().toISOString() };
  }

  /** Articles and resolved tickets that hold any of the words, best first. */
  async find(actor: Actor, query: SearchKnowledge): Promise<FoundKnowledgeReply> {
    const limit = Math.min(query.limit, MOST_FOUND);
    const found = await this.search(actor, { text: query.q, limit });
    const results = found.slice(0, limit).map(({ kind, text, ...rest }) => ({
      type: kind,
      ...rest,
      excerpt: text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text,
    }));
    return { success: true, results, count: results.length, next_cursor: null, timestamp: new Date().toISOString() };
  }

  /**
   * The best articles and resolved tickets for a text, at most `limit` of each kind. A subscriber is shown what is his
   * own: his tickets, and no article.
   */
  async search(actor: Actor, wish: KnowledgeWish): Promise<Passage[]> {
    const words = wordsWorthSearching(wish.text);
    const own = isSubscriber(actor) ? actor.id : null;
    const [articles, tickets] = await Promise.all([
      own ? [] : this.articles(words, wish),
      words === '' ? [] : this.tickets(words, wish.limit, own),
    ]);
    return [...articles, ...tickets].sort((a, b) => b.rank - a.rank);
  }

  private async articles(words: string, { topic, limit }: KnowledgeWish): Promise<Passage[]> {
    type Found = Pick<KnowledgeArticle, 'code' | 'title' | 'body' | 'language' | 'topic'> & { rank: number };
    const rows = await this.database.read.rows<Found>(
      `with hit as (
         (select id from knowledge_article where vector @@ knowledge_query($1) limit ${MOST_RANKED})
         union (select id from knowledge_article where topic = $2 order by created_at desc, id desc limit $3))
       select code, title, body, language, topic, coalesce(ts_rank(vector, knowledge_query($1), 1), 0) as rank
         from hit join knowledge_article using (id) order by rank desc, code limit $3`,
      [words, topic ?? null, limit],
    );
    return rows.map((row) => ({
      kind: 'article',
      id: row.code,
      title: row.title,
      text: row.body,
      topic: row.topic,
      language: row.language,
      rank: Number(row.rank),
    }));
  }

  private async tickets(words: string, limit: number, owner: string | null): Promise<Passage[]> {
    const rows = await this.database.read.rows<ResolvedTicket & { rank: number }>(
      `with hit as (
         select k.id, k.vector from ticket_knowledge k
          where k.vector @@ knowledge_query($1)
            and ($3::uuid is null or exists (select from ticket o where o.id = k.id and o.owner_user_id = $3))
          limit ${MOST_RANKED}),
       best as (select id, ts_rank(vector, knowledge_query($1), 1) as rank from hit order by rank desc, id desc limit $2)
       select t.code, t.subject, t.description, t.notes, t.customer_name, best.rank
         from best join ticket t using (id) order by rank desc, t.id desc`,
      [words, limit, owner],
    );
    return rows.map((row) => ({ ...ticketPassage(row), rank: Number(row.rank) }));
  }
}

/** The words of a text that tell what it is about; of very many the longest. */
function wordsWorthSearching(text: string): string {
  const words = [...new Set(contentWords(text))];
  return words
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_WORDS)
    .join(' ');
}
