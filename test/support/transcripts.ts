import fs from 'node:fs';
import path from 'node:path';

/** A transcript of the fixture, and what a person reads in it. */
export interface ScoredTranscript {
  id: string;
  language: 'en' | 'ar' | 'mixed';
  intent: string;
  sentiment: string;
  urgency: string;
  /** The article (in either language) or the resolved ticket that answers it; `none` when none does. */
  source: string;
  messages: { speaker: string; content: string }[];
}

/** One part of the fixture: `made` was looked at while the rules were made, `held-out` was not. */
export function transcripts(part: 'made' | 'held-out'): ScoredTranscript[] {
  const text = fs.readFileSync(path.join(__dirname, '../data/assistance', `${part}.txt`), 'utf8');
  return text
    .split(/^# /m)
    .slice(1)
    .map((block) => {
      const [head = '', ...lines] = block.trim().split('\n');
      const [id, language, intent, sentiment, urgency, source] = head.split(' ') as string[];
      return { id: `${part}-${id}`, language, intent, sentiment, urgency, source, messages: lines.map(messageOf) };
    }) as ScoredTranscript[];
}

function messageOf(line: string): { speaker: string; content: string } {
  const colon = line.indexOf(':');
  return { speaker: line.slice(0, colon), content: line.slice(colon + 1).trim() };
}
