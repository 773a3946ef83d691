const MOST_WORDS = 8;
const PHONE_LIKE = /^[+\d\s\-./()]+$/;

/**
 * A free-text search as a condition on `column`: every word of `term` must occur in it, in any order and in any script.
 * `column` holds lower-case text that begins with a blank; the index that serves it is
 * `gin (search_key(<column>) gin_trgm_ops)`. Words of one or two letters must begin a word of the text: a trigram index
 * finds nothing shorter. Pushes its parameters to `params`.
 */
export function searchSql(term: string, column: string, params: unknown[]): string {
  const words = searchWords(term);
  if (words.length === 0) return 'true';
  return words
    .map((word) => {
      const pattern = escapeLike(word.toLowerCase());
      const param = `$${params.push(word.length < 3 ? `% ${pattern}%` : `%${pattern}%`)}`;
      // the key finds candidates by the index, the text itself decides
      return `(search_key(${column}) like search_key(${param}) and ${column} like ${param})`;
    })
    .join(' and ');
}

/** The words looked for. A telephone number, however written, is one word: its digits without the leading zeros. */
export function searchWords(term: string): string[] {
  const plain = term.normalize('NFC').replaceAll('\0', '').trim();
  const digits = plain
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0));
  if (PHONE_LIKE.test(digits)) {
    const number = digits.replace(/\D/g, '').replace(/^0+/, '');
    if (number.length >= 5) return [number];
  }
  return plain.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
