import type { RankedPassage } from '../assistance.types';
import type { Passage } from '../knowledge-source';
import type { Intent } from '../rules/intent';
import { stem, stemsOf } from '../text/content-words';
import { contentWords } from '../text/content-words';
import type { Language } from '../text/normalise';

/** An earlier message says less about what is looked for now. */
const FADES = 0.6;
const OF_TITLE = 1.6;
/** What the words, the topic and the language of a passage add to its fit. */
const WEIGHT = { words: 0.6, topic: 0.4, language: 0.1, otherTopic: -0.25 };

/**
 * Puts passages in order by how well they answer what was said (oldest first): the share of its telling words that a
 * passage holds, rare words counting more, and whether the passage is about what is wanted.
 */
export function rankPassages(
  said: readonly string[],
  wanted: { intent: Intent; language: Language },
  passages: readonly Passage[],
): RankedPassage[] {
  const weights = new Map<string, number>();
  said.forEach((text, at) => {
    for (const word of stemsOf(text)) {
      weights.set(word, Math.max(weights.get(word) ?? 0, FADES ** (said.length - 1 - at)));
    }
  });
  const held = passages.map((passage) => ({
    passage,
    title: stemsOf(passage.title),
    text: stemsOf(`${passage.title} ${passage.text}`),
  }));
  const rarity = new Map(
    [...weights.keys()].map((word) => {
      const holders = held.filter(({ text }) => text.has(word)).length;
      return [word, holders === 0 ? 0.3 : Math.log(1 + passages.length / holders)];
    }),
  );
  const all = [...weights].reduce((sum, [word, weight]) => sum + weight * (rarity.get(word) ?? 0), 0);
  return held
    .map(({ passage, title, text }) => {
      let words = 0;
      for (const [word, weight] of weights) {
        if (!text.has(word)) continue;
        words += weight * (rarity.get(word) ?? 0) * (title.has(word) ? OF_TITLE : 1);
      }
      let fit = all > 0 ? WEIGHT.words * Math.min(1, words / all) : 0;
      if (wanted.intent !== 'other' && passage.topic !== null) {
        fit += passage.topic === wanted.intent ? WEIGHT.topic : WEIGHT.otherTopic;
      }
      if (passage.language === wanted.language) fit += WEIGHT.language;
      return { ...passage, fit: Math.max(0, Math.min(1, fit)) };
    })
    .sort((a, b) => b.fit - a.fit || b.rank - a.rank);
}

const SENTENCE = /[^.!?؟\n]+(?:[.!?؟]+(?=\s|$)|\n|$)|[^\s]+/gu;

/** The sentences of a text that tell most about what was said, at most `most`, in the order of the text. */
export function tellingSentences(text: string, said: readonly string[], most: number, longest: number): string {
  const wanted = new Set(said.flatMap((part) => contentWords(part).map(stem)));
  const sentences = (text.match(SENTENCE) ?? [])
    .map((sentence) => sentence.trim())
    .filter(Boolean)
    .map((sentence, at) => {
      const words = stemsOf(sentence);
      const hits = [...words].filter((word) => wanted.has(word)).length;
      // what comes first in an article is what to do first
      return { sentence, at, worth: hits + 1 / (1 + at) };
    });
  const best = [...sentences].sort((a, b) => b.worth - a.worth).slice(0, most);
  let told = '';
  for (const { sentence } of best.sort((a, b) => a.at - b.at)) {
    if (told && told.length + sentence.length + 1 > longest) break;
    told += (told ? ' ' : '') + sentence;
  }
  return told.length > longest ? `${told.slice(0, longest - 1).trimEnd()}…` : told;
}
