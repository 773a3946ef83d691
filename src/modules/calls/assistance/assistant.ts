import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Database } from '../../../platform/database/database';
import type { CallRow } from '../call.view';
import type { AssistanceAnswer, AssistanceRequest, Said, Suggestion } from './assistance.types';
import { HomeAiClient, HomeAiFailure } from './homeai/homeai.client';
import { Knowledge } from './knowledge-source';
import { customerWords, suggestLocally } from './local/local.assistant';
import { rankPassages } from './local/retrieval';
import { warmUp } from './rules/cues';
import { readIntent } from './rules/intent';
import { readSentiment } from './rules/sentiment';
import { readUrgency } from './rules/urgency';
import { maskAll } from './text/masking';
import { languageOf } from './text/normalise';

const NEWEST_MESSAGES = 30;
const LONGEST_MESSAGE = 2000;
const PASSAGES = 12;
/** How much of a call the rules read. */
const LAST_WORDS = 6;
const HOUSE_MODEL = 'homeai-standard';

/** What is to be answered in a call. */
export interface Asked {
  message: string;
  context: string | null;
  /** Messages of the transcript after this one are not looked at. */
  upTo?: number;
  model?: string;
}

/** An answer, and the masked words it answers. */
export interface Answered {
  answer: AssistanceAnswer;
  message: string;
  context: string | null;
}

/** Makes suggestions. Writes nothing; nothing leaves it, and nothing goes to a provider, that is not masked. */
@Injectable()
export class Assistant implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly knowledge: Knowledge,
    private readonly homeAi: HomeAiClient,
  ) {}

  onApplicationBootstrap(): void {
    void warmUp();
  }

  /** A suggestion for a call; always one, whatever becomes of the provider. Never call it inside a transaction. */
  async answer(actor: Actor, call: Pick<CallRow, 'id' | 'code'>, asked: Asked): Promise<Answered> {
    const request = await this.prepare(actor, call, asked);
    const local = suggestLocally(request);
    const { suggestion, provider } = await this.best(request, local);
    return {
      answer: { ...suggestion, intent: request.reading.intent, language: request.language, provider },
      message: request.message,
      context: request.context,
    };
  }

  private async best(
    request: AssistanceRequest,
    local: Suggestion,
  ): Promise<{ suggestion: Suggestion; provider: string }> {
    if (!this.homeAi.isConfigured) return { suggestion: local, provider: 'local' };
    try {
      return { suggestion: await this.homeAi.suggest(request), provider: 'homeai' };
    } catch (error) {
      if (!(error instanceof HomeAiFailure)) throw error;
      return { suggestion: local, provider: `local (homeai ${error.message})` };
    }
  }

  private async prepare(actor: Actor, call: Pick<CallRow, 'id' | 'code'>, asked: Asked): Promise<AssistanceRequest> {
    const transcript = await this.transcriptOf(call.id, asked.upTo);
    const { lines, message, context } = masked(transcript, asked);
    const said = customerWords({ transcript: lines, message }).slice(-LAST_WORDS);
    const reading = readIntent(said);
    const sentiment = readSentiment(said);
    const urgency = readUrgency(said, reading.intent, sentiment);
    const language = languageOf(message);
    const found = await this.knowledge.search(actor, {
      text: [...said, context ?? ''].join('\n'),
      topic: reading.intent,
      limit: PASSAGES,
    });
    return {
      callCode: call.code,
      transcript: lines,
      message,
      context,
      language,
      reading: { ...reading, sentiment, urgency },
      passages: rankPassages(context ? [context, ...said] : said, { intent: reading.intent, language }, found),
      model: asked.model === HOUSE_MODEL ? undefined : asked.model,
    };
  }

  private async transcriptOf(callId: string, upTo = 2 ** 31 - 1): Promise<Said[]> {
    const rows = await this.database.read.rows<Said>(
      `select sequence, speaker, left(content, ${LONGEST_MESSAGE}) as content from transcript_message
        where call_id = $1 and sequence <= $2 order by sequence desc limit ${NEWEST_MESSAGES}`,
      [callId, upTo],
    );
    return rows.reverse();
  }
}

/** Masks everything; the words of one speaker together, because a card number is often said in several goes. */
function masked(transcript: Said[], asked: Asked): { lines: Said[]; message: string; context: string | null } {
  const lines = [...transcript];
  for (const speaker of new Set(transcript.map((line) => line.speaker))) {
    const places = transcript.flatMap((line, at) => (line.speaker === speaker ? [at] : []));
    const texts = maskAll(places.map((at) => (transcript[at] as Said).content));
    places.forEach((at, index) => (lines[at] = { ...(transcript[at] as Said), content: texts[index] as string }));
  }
  const [message = '', context = ''] = maskAll([asked.message, asked.context ?? '']);
  return { lines, message, context: asked.context === null ? null : context };
}
