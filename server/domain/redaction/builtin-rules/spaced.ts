/** What may stand between two characters of one code without ending it: at most two separators. */
export const BETWEEN = '[ ._*/-]{0,2}';

/** A pattern for a run of `count` characters of a class, with separators allowed between them. */
export function spaced(characterClass: string, count: number): string {
  return count === 1 ? characterClass : `${characterClass}(?:${BETWEEN}${characterClass}){${count - 1}}`;
}

/** Lookbehind and lookahead: no letter or digit touches the code. Letters of the Latin blocks are enough here. */
const NOT_BEHIND = '(?<![A-Za-z\\d\\u00C0-\\u024F])';
const NOT_AHEAD = '(?![A-Za-z\\d\\u00C0-\\u024F])';

/**
 * A global pattern of spaced parts, given in capitals, for either case. Cases are spelled out, because V8 runs a
 * pattern without the flags `i` and `u` several times faster.
 */
export function codePattern(...parts: readonly string[]): RegExp {
  return new RegExp(`${NOT_BEHIND}${bothCases(parts.join(BETWEEN))}${NOT_AHEAD}`, 'g');
}

/** The same without a condition on what follows. */
export function codeStart(...parts: readonly string[]): RegExp {
  return new RegExp(NOT_BEHIND + bothCases(parts.join(BETWEEN)), 'g');
}

const bothCases = (pattern: string): string =>
  pattern.replace(/[A-Z](?:-[A-Z])?/g, (letters) => letters + letters.toLowerCase());

/** A code's letters and digits. */
export const compactCode = (written: string): string => written.replace(/[^A-Za-z\d]+/g, '');

/**
 * Whether every digit stands alone, as people write a number to hide it from programs, and the way it is done rules out
 * a list of single digits: dashes between its groups and another sign within them, or throughout one sign that is
 * not a space.
 * @param signs see `Candidate`
 * @param groups the group sizes of the number's usual form
 */
export function isSpelledOut(signs: string, groups: readonly number[]): boolean {
  if (/^([-._*/])\1*$/.test(signs)) return true;
  const inside = signs[0] ?? '';
  if (inside === 'x' || inside === '-') return false;
  let at = 0;
  for (const size of groups) {
    for (let digit = 1; digit < size; digit++) if (signs[at++] !== inside) return false;
    if (at < signs.length && signs[at++] !== '-') return false;
  }
  return true;
}
