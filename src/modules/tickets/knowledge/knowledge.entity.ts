import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ActorSnapshot } from '../../../platform/access/actor';
import { ChangingRow } from '../../../platform/database/base.entity';

export const ARTICLE_LANGUAGES = ['ar', 'en'] as const;
export type ArticleLanguage = (typeof ARTICLE_LANGUAGES)[number];

/** What agents look up: one answer in one language. */
@Entity('knowledge_article')
export class KnowledgeArticle extends ChangingRow {
  /** `KB-001` */
  @Column('text')
  code: string;

  /** Rises with every edit. */
  @Column('integer', { default: 1 })
  version: number;

  @Column('text')
  title: string;

  @Column('text')
  body: string;

  @Column('text')
  language: ArticleLanguage;

  /** What a customer wants who is answered by it, in the words of the assistance (`billing`, `refund` …). */
  @Column('text', { nullable: true })
  topic: string | null;

  @Column('text', { nullable: true })
  department: string | null;

  @Column('text', { array: true, default: [] })
  tags: string[];

  /** Who changed it last. */
  @Column('jsonb')
  written_by: ActorSnapshot;

  /** What is searched; made by the database. */
  @Column({ type: 'tsvector', select: false, insert: false, update: false })
  vector: string;
}

/** What is searched of a resolved ticket; kept by the database. The id is the ticket's. */
@Entity('ticket_knowledge')
export class TicketKnowledge {
  @PrimaryColumn('uuid')
  id: string;

  @Column({ type: 'tsvector', select: false, insert: false, update: false })
  vector: string;
}
