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
 * @param outline see `Candidate`
 * @param groups the group sizes of the number's usual form
 */
export function isSpelledOut(outline: string, groups: readonly number[]): boolean {
  if (/^d([-._*/])d(?:\1d)*$/.test(outline)) return true;
  const signs = outline.split('d').slice(1, -1);
  const inside = signs[0];
  if (inside === undefined || inside === '' || inside === '-') return false;
  const borders = new Set(groups.map((_, index) => groups.slice(0, index + 1).reduce(sum) - 1));
  return signs.every((sign, index) => sign === (borders.has(index) ? '-' : inside));
}

const sum = (a: number, b: number): number => a + b;
