import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import type { Language } from './text/normalise';

/** What is known that may help: an article, or how somebody else's ticket was resolved. */
export interface Passage {
  kind: 'article' | 'ticket';
  /** `KB-001`, `TKT-20261108-0001` */
  id: string;
  title: string;
  /** Of a ticket that says nothing about how it was resolved: empty. */
  text: string;
  /** The intent it answers, if it says so. */
  topic: string | null;
  language: Language;
  /** How well it fits, for comparing within one search only. */
  rank: number;
}

/** What is looked for. */
export interface KnowledgeWish {
  text: string;
  /** Articles of this topic are wanted whatever their words: those in another language than the text. */
  topic?: string;
  /** At most so many of each kind. */
  limit: number;
}

/** Knows what the house knows; a room above provides it. It shows the actor nothing he may not read. */
export interface KnowledgeSource {
  search(actor: Actor, wish: KnowledgeWish): Promise<Passage[]>;
}

/** Where that room registers (in `onModuleInit`), so that this one need not know it. Without it nothing is known. */
@Injectable()
export class Knowledge {
  private source: KnowledgeSource | undefined;

  use(source: KnowledgeSource): void {
    this.source = source;
  }

  async search(actor: Actor, wish: KnowledgeWish): Promise<Passage[]> {
    return (await this.source?.search(actor, wish)) ?? [];
  }
}
