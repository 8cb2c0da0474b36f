/** What may stand between two characters of one code without ending it: at most two separators. */
export const BETWEEN = '[ ._*/-]{0,2}';

/** A pattern for a run of `count` characters of a class, with separators allowed between them. */
export function spaced(characterClass: string, count: number): string {
  return count === 1 ? characterClass : `${characterClass}(?:${BETWEEN}${characterClass}){${count - 1}}`;
}

/** A global, case-blind pattern of spaced parts that neither letters nor digits touch. */
export function codePattern(...parts: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${parts.join(BETWEEN)}(?![\\p{L}\\p{N}])`, 'giu');
}

/** A code's letters and digits. */
export const compactCode = (written: string): string => written.replace(/[^A-Za-z\d]+/g, '');
