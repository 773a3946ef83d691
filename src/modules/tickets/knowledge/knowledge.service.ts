import { Injectable } from '@nestjs/common';
import { type Actor, snapshot } from '../../../platform/access/actor';
import { Audit } from '../../../platform/audit/audit';
import { Database, type Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import type { EditArticle, WriteArticle } from './knowledge.dto';
import type { KnowledgeArticle } from './knowledge.entity';
import { ArticleNotFound } from './knowledge.errors';
import { ARTICLE_COLUMNS } from './knowledge.queries';
import { type ArticleDeletedReply, type ArticleReply, articleView } from './knowledge.view';

/** Writes knowledge articles. Every change stands in the audit log. */
@Injectable()
export class KnowledgeService {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  /** A new article under the next number. */
  write(actor: Actor, input: WriteArticle): Promise<ArticleReply> {
    return this.database.transaction(async (tx) => reply(await this.writeIn(tx, actor, input)));
  }

  /** The same within a transaction that is open. */
  async writeIn(tx: Tx, actor: Actor, input: WriteArticle): Promise<KnowledgeArticle> {
    const article = await tx.one<KnowledgeArticle>(
      `insert into knowledge_article (id, code, title, body, language, topic, department, tags, written_by)
       select $1, 'KB-' || lpad(n::text, greatest(3, length(n::text)), '0'), $2, $3, $4, $5, $6, $7, $8
         from nextval('knowledge_article_number') as n returning ${ARTICLE_COLUMNS}`,
      [
        newId(),
        input.title,
        input.body,
        input.language,
        input.topic ?? null,
        input.department ?? null,
        input.tags ?? [],
        JSON.stringify(snapshot(actor)),
      ],
    );
    if (!article) throw new Error('an insert gave no row');
    await this.audit.record(tx, actor, 'knowledge.written', `article:${article.code}`, { title: article.title });
    return article;
  }

  /** Changes what was sent. Throws ArticleNotFound. */
  edit(actor: Actor, code: string, input: EditArticle): Promise<ArticleReply> {
    return this.database.transaction(async (tx) => {
      const before = await tx.one<KnowledgeArticle>(
        `select ${ARTICLE_COLUMNS} from knowledge_article where code = $1 for update`,
        [code],
      );
      if (!before) throw new ArticleNotFound(code);
      const sent = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const after = { ...before, ...sent } as KnowledgeArticle;
      const article = await tx.one<KnowledgeArticle>(
        `update knowledge_article set title = $2, body = $3, language = $4, topic = $5, department = $6, tags = $7,
           written_by = $8, version = version + 1, updated_at = now() where id = $1 returning ${ARTICLE_COLUMNS}`,
        [
          before.id,
          after.title,
          after.body,
          after.language,
          after.topic,
          after.department,
          after.tags,
          JSON.stringify(snapshot(actor)),
        ],
      );
      await this.audit.record(tx, actor, 'knowledge.edited', `article:${code}`, {
        fields: Object.keys(sent),
        version: before.version + 1,
      });
      return reply(article as KnowledgeArticle);
    });
  }

  /** Deletes an article. Suggestions that were made of it keep their words. Throws ArticleNotFound. */
  remove(actor: Actor, code: string): Promise<ArticleDeletedReply> {
    return this.database.transaction(async (tx) => {
      const gone = await tx.one<{ title: string }>('delete from knowledge_article where code = $1 returning title', [
        code,
      ]);
      if (!gone) throw new ArticleNotFound(code);
      await this.audit.record(tx, actor, 'knowledge.deleted', `article:${code}`, { title: gone.title });
      return { success: true, article_id: code, timestamp: new Date().toISOString() };
    });
  }
}

const reply = (article: KnowledgeArticle): ArticleReply => ({
  success: true,
  article: articleView(article),
  timestamp: new Date().toISOString(),
});
