import type { AssistanceRequest, RankedPassage, Suggestion, SuggestionSource } from '../assistance.types';
import { confidenceOf } from './confidence';
import { fromArticle, fromTicket, nextSteps, opening, question, saidEarlier } from './phrases';
import { tellingSentences } from './retrieval';

/** Below this a passage is no answer. */
const FITS = 0.42;
/** Without an intent the words alone must carry it. */
const FITS_BY_WORDS = 0.5;
const MOST_SOURCES = 3;
const SENTENCES = 2;
const LONGEST_QUOTE = 420;
const LONGEST_SAID = 120;

/**
 * Suggests what to say without anybody's help. Every sentence comes from `phrases.ts`, from an article, from a resolved
 * ticket or from the transcript, and the last three are named: nothing is made up.
 */
export function suggestLocally(request: AssistanceRequest): Suggestion {
  const { reading, language, message } = request;
  const fitting = passagesThatAnswer(request);
  const [best, next] = fitting;
  const said = customerWords(request);
  const parts = [opening(reading.sentiment, reading.urgency, language)];
  const sources: SuggestionSource[] = [];
  const earlier = said[reading.said];
  if (reading.intent !== 'other' && earlier !== undefined && earlier !== message && reading.said < said.length - 1) {
    parts.push(saidEarlier(shortened(earlier), language));
    sources.push({ type: 'transcript', id: request.callCode, title: shortened(earlier) });
  }
  if (best) {
    const name = best.kind === 'article' ? fromArticle : fromTicket;
    parts.push(name(best.title, best.id, language));
    parts.push(tellingSentences(best.text, said, SENTENCES, LONGEST_QUOTE));
    // the runners-up are worth a look when they fit nearly as well
    for (const { kind, id, title } of fitting.slice(0, MOST_SOURCES)) sources.push({ type: kind, id, title });
  } else {
    parts.push(question(reading.intent, language));
  }
  return {
    suggestion: parts.filter(Boolean).join(' '),
    confidence: confidenceOf(reading, best, next),
    recommended_actions: nextSteps(reading.intent, reading.urgency, language),
    sentiment: reading.sentiment,
    urgency: reading.urgency,
    sources,
  };
}

function passagesThatAnswer({ reading, passages }: AssistanceRequest): RankedPassage[] {
  if (reading.intent === 'callback') return [];
  const least = reading.intent === 'other' ? FITS_BY_WORDS : FITS;
  const answering = passages.filter((passage) => passage.text !== '' && passage.fit >= least);
  const best = answering[0]?.fit ?? 0;
  return answering.filter((passage) => passage.fit >= best - 0.2);
}

/** What the customer said, oldest first, and what is asked about last. */
export function customerWords({ transcript, message }: Pick<AssistanceRequest, 'transcript' | 'message'>): string[] {
  const said = transcript.filter(({ speaker }) => speaker === 'customer').map(({ content }) => content);
  return said.at(-1) === message ? said : [...said, message];
}

const shortened = (text: string): string =>
  text.length > LONGEST_SAID ? `${text.slice(0, LONGEST_SAID).toWellFormed().trimEnd()}…` : text;
