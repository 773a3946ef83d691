/** How much of a description is searched. */
const SEARCHED_DESCRIPTION = 2000;

/**
 * A text as the trigram index keeps it: lower case, every character beyond ASCII written as one ASCII letter. What
 * contains the sought text has a key that contains the key of the sought text; the other way round needs a second look.
 */
export function searchKey(text: string): string {
  let key = '';
  for (const character of text) {
    for (const lower of character.toLowerCase()) {
      const point = lower.codePointAt(0) ?? 0;
      key += point < 128 ? lower : String.fromCharCode(97 + (point % 26));
    }
  }
  return key;
}

/** What of a ticket is searched, beside its number. */
export interface Searched {
  subject: string;
  description: string;
  customer_name: string | null;
  customer_phone: string | null;
  customer_phone_e164: string | null;
  customer_email: string | null;
}

/** The key of a ticket. Its parts are those of `SEARCHED_SQL`. */
export const ticketSearchKey = (ticket: Searched): string =>
  searchKey(
    [
      ticket.subject,
      ticket.description.slice(0, SEARCHED_DESCRIPTION),
      ticket.customer_name,
      ticket.customer_phone,
      ticket.customer_phone_e164,
      ticket.customer_email,
    ]
      .map((part) => part ?? '')
      .join('\n'),
  );

/** The searched text of ticket `t`, for the second look. */
export const SEARCHED_SQL = `lower(concat_ws(e'\\n', t.subject, t.description, t.customer_name, t.customer_phone,
  t.customer_phone_e164, t.customer_email))`;

/** A text as a LIKE pattern that finds it anywhere. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
