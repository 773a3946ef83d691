import { mask } from '../text/masking';
import type { RankedPassage, Suggestion } from '../assistance.types';
import { SENTIMENTS } from '../rules/sentiment';
import { URGENCIES } from '../rules/urgency';

const LONGEST_SUGGESTION = 2000;
const LONGEST_ACTION = 200;
const MOST_ACTIONS = 6;
const MOST_SOURCES = 5;

/** The provider answered something that is no answer. */
export class Nonsense extends Error {}

/** What the provider is asked to fill in, as JSON Schema. */
export const ANSWER_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['suggestion', 'confidence', 'recommended_actions', 'sentiment', 'urgency', 'sources'],
  properties: {
    suggestion: { type: 'string' },
    confidence: { type: 'number' },
    recommended_actions: { type: 'array', items: { type: 'string' } },
    sentiment: { type: 'string', enum: [...SENTIMENTS] },
    urgency: { type: 'string', enum: [...URGENCIES] },
    sources: { type: 'array', items: { type: 'string' } },
  },
};

/**
 * Reads the provider's text. It is a stranger's: every value is checked, texts are cut, masked and freed of markup, and
 * of the sources only those count that it was given. Throws Nonsense.
 */
export function readAnswer(text: string, passages: readonly RankedPassage[]): Suggestion {
  const answer = parsed(text);
  const suggestion = plainText(answer.suggestion, LONGEST_SUGGESTION);
  if (suggestion === '') throw new Nonsense('no suggestion');
  const { confidence, sentiment, urgency } = answer;
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) throw new Nonsense('no confidence');
  if (!isOneOf(SENTIMENTS, sentiment)) throw new Nonsense('no sentiment');
  if (!isOneOf(URGENCIES, urgency)) throw new Nonsense('no urgency');
  const named = new Set(listOf(answer.sources).map(String));
  return {
    suggestion,
    confidence: Math.round(confidence * 100) / 100,
    recommended_actions: listOf(answer.recommended_actions)
      .map((action) => plainText(action, LONGEST_ACTION))
      .filter(Boolean)
      .slice(0, MOST_ACTIONS),
    sentiment,
    urgency,
    sources: passages
      .filter(({ id }) => named.has(id))
      .slice(0, MOST_SOURCES)
      .map(({ kind, id, title }) => ({ type: kind, id, title })),
  };
}

function parsed(text: string): Record<string, unknown> {
  const json = text.replace(/^\s*```(?:json)?\s*|\s*```\s*$/g, '');
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // falls through
  }
  throw new Nonsense('no JSON object');
}

const isOneOf = <T extends string>(list: readonly T[], value: unknown): value is T => list.includes(value as T);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, 50) : []);

/** A stranger's text as plain words: no tags, links, pictures, code marks, control or direction-changing characters. */
export function plainText(value: unknown, longest: number): string {
  if (typeof value !== 'string') return '';
  // cut first, so that a huge text costs little
  let text = value
    .slice(0, longest * 4)
    .replace(/!?\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)/g, '$1')
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]/g, '');
  // a tag may come to light when another one is taken out of it
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(/<[^<>]*>/g, '');
  }
  text = mask(
    text
      .replace(/[<>`]|\*\*|__|^#+ /g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
}
