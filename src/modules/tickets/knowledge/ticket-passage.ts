import { languageOf, maskAll, type Passage } from '../../calls';

/** What of a resolved ticket can help the next customer. */
export interface ResolvedTicket {
  code: string;
  subject: string;
  description: string;
  notes: string | null;
  customer_name: string | null;
}

const EMAIL = /[^\s@<>(),;]+@[^\s@<>(),;]+\.[^\s@<>(),;]+/gu;
/** Seven digits and more, however grouped: a telephone number, an account. */
const LONG_NUMBER = /\+?\p{Nd}(?:[\s\-().]{0,2}\p{Nd}){6,}/gu;

/**
 * A resolved ticket as a passage: how it was resolved (its last note), without what would tell the next customer whose
 * it was.
 */
export function ticketPassage(ticket: ResolvedTicket): Omit<Passage, 'rank'> {
  const [title = '', text = ''] = maskAll([ticket.subject, ticket.notes ?? '']).map((part) =>
    withoutPerson(part, ticket.customer_name),
  );
  return {
    kind: 'ticket',
    id: ticket.code,
    title,
    text,
    topic: null,
    language: languageOf(`${ticket.subject} ${ticket.notes ?? ticket.description}`),
  };
}

/** Takes e-mail addresses, long numbers and the person's name out of a text. */
export function withoutPerson(text: string, name: string | null): string {
  let plain = text.replace(EMAIL, '[e-mail]').replace(LONG_NUMBER, '[number]');
  for (const part of (name ?? '').split(/\s+/).filter((word) => word.length > 2)) {
    const escaped = part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    plain = plain.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu'), '[name]');
  }
  return plain;
}
