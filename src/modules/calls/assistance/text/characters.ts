/** The value of a decimal digit in any script, undefined for what is none. */
export function digitValue(character: string): number | undefined {
  if (character >= '0' && character <= '9') return character.charCodeAt(0) - 48;
  if (character < '\u0660' || !/^\p{Nd}$/u.test(character)) return undefined;
  const point = character.codePointAt(0) ?? 0;
  // the mathematical digits stand in five rows from U+1D7CE; all others in rows that begin at …0 or …6
  if (point >= 0x1d7ce && point <= 0x1d7ff) return (point - 0x1d7ce) % 10;
  const row = point & ~0xf;
  const zero = /^\p{Nd}$/u.test(String.fromCodePoint(row)) ? row : row + 6;
  return point - zero;
}

/** Drawn as nothing: marks of direction, joiners, soft hyphens. They hide in copied numbers. */
export const isInvisible = (character: string): boolean => character > '~' && /^[\p{Cf}\p{Mn}\p{Me}]$/u.test(character);
