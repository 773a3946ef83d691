import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../../../platform/access/access.decorators';
import type { Actor } from '../../../platform/access/actor';
import { ApiErrors } from '../../../platform/http/api-errors';
import { EditArticle, ListArticles, SearchKnowledge, WriteArticle } from './knowledge.dto';
import { ArticleNotFound } from './knowledge.errors';
import { KnowledgeQueries } from './knowledge.queries';
import { KnowledgeService } from './knowledge.service';
import { ArticleDeletedReply, ArticleReply, ArticlesReply, FoundKnowledgeReply } from './knowledge.view';

/** Article codes in any case. */
const codeOf = (text: string): string => text.trim().toUpperCase();

@ApiTags('Knowledge')
@Controller('api/knowledge')
export class KnowledgeController {
  constructor(
    private readonly service: KnowledgeService,
    private readonly queries: KnowledgeQueries,
  ) {}

  /** List knowledge articles, newest first. */
  @Get()
  @Allow(['agent'], 'tickets:read')
  list(@Query() query: ListArticles): Promise<ArticlesReply> {
    return this.queries.list(query);
  }

  /**
   * Search articles and resolved tickets, best first.
   * @remarks Full text in Arabic and English; spellings of Arabic do not matter. Any of the words is enough.
   */
  @Get('search')
  @Allow(['agent'], 'tickets:read')
  search(@CurrentActor() actor: Actor, @Query() query: SearchKnowledge): Promise<FoundKnowledgeReply> {
    return this.queries.find(actor, query);
  }

  /** Read an article. */
  @Get(':article_id')
  @Allow(['agent'], 'tickets:read')
  @ApiErrors(ArticleNotFound)
  get(@Param('article_id') code: string): Promise<ArticleReply> {
    return this.queries.get(codeOf(code));
  }

  /** Write an article. */
  @Post()
  @Allow(['admin'], null)
  write(@CurrentActor() actor: Actor, @Body() input: WriteArticle): Promise<ArticleReply> {
    return this.service.write(actor, input);
  }

  /** Change an article. What is left out stays. */
  @Patch(':article_id')
  @Allow(['admin'], null)
  @ApiErrors(ArticleNotFound)
  edit(
    @CurrentActor() actor: Actor,
    @Param('article_id') code: string,
    @Body() input: EditArticle,
  ): Promise<ArticleReply> {
    return this.service.edit(actor, codeOf(code), input);
  }

  /** Delete an article. */
  @Delete(':article_id')
  @Allow(['admin'], null)
  @ApiErrors(ArticleNotFound)
  remove(@CurrentActor() actor: Actor, @Param('article_id') code: string): Promise<ArticleDeletedReply> {
    return this.service.remove(actor, codeOf(code));
  }
}
