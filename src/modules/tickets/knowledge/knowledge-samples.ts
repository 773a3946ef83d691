import { Injectable } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { SAMPLE_ARTICLES } from './knowledge-samples.data';
import { KnowledgeService } from './knowledge.service';

/** Articles in both languages for a new installation. */
@Injectable()
export class KnowledgeSamples {
  constructor(private readonly service: KnowledgeService) {}

  async create(tx: Tx): Promise<void> {
    for (const { topic, department, tags, en, ar } of SAMPLE_ARTICLES) {
      for (const [language, [title, body]] of [['en', en] as const, ['ar', ar] as const]) {
        await this.service.writeIn(tx, systemActor('sample-data'), { title, body, language, topic, department, tags });
      }
    }
  }
}
