import { type PatternFault, RedactionPatternError } from './rule.ts';

interface Unsupported {
  /** Sticky: tried at one place of the pattern. */
  readonly at: RegExp;
  readonly reason: PatternFault;
  readonly detail: string;
}

/** What other engines understand and no linear-time engine runs; the first that fits names the refusal. */
const UNSUPPORTED: readonly Unsupported[] = [
  { at: /\(\?<?[=!]/y, reason: 'look-around', detail: 'Look-around cannot run in linear time.' },
  {
    at: /\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\)|\\g[<']/y,
    reason: 'recursion',
    detail: 'Recursion and calls of groups cannot run in linear time.',
  },
  {
    at: /\\[1-9]|\\k[<{']|\\g(?:-?\d|\{)|\(\?P=/y,
    reason: 'back-reference',
    detail: 'Back-references cannot run in linear time.',
  },
  { at: /\(\?\(/y, reason: 'conditional', detail: 'Conditional groups cannot run in linear time.' },
  { at: /\(\?>/y, reason: 'possessive-or-atomic', detail: 'Atomic groups are not supported.' },
  {
    at: /(?:[*+?]|\{\d+(?:,\d*)?\})\+/y,
    reason: 'possessive-or-atomic',
    detail: 'Possessive quantifiers are not supported.',
  },
  {
    // Read as plain letters, they would make a rule that is saved and never matches.
    at: /\\(?!c[A-Za-z]|u[\dA-Fa-f]{4}|u\{)[ceghijklmoquyCFGHIJKLMNORTUVXYZ]/y,
    reason: 'syntax',
    detail: 'There is no such escape.',
  },
];

/**
 * Finds the first construct that no linear-time engine runs, so that the refusal can name it and its place.
 * Character classes and `\Q...\E` are passed over: in them these signs are ordinary characters.
 */
export function findUnsupportedSyntax(pattern: string): RedactionPatternError | undefined {
  for (const at of placesOf(pattern)) {
    const fault = UNSUPPORTED.find((one) => startsAt(one.at, pattern, at));
    if (fault !== undefined) return new RedactionPatternError(fault.reason, fault.detail, at);
  }
  return undefined;
}

/** Where a parenthesis stands that has no partner: the first `)` too many, else the innermost `(` never closed. */
export function unbalancedAt(pattern: string): number | undefined {
  const open: number[] = [];
  for (const at of placesOf(pattern)) {
    if (pattern[at] === '(') open.push(at);
    else if (pattern[at] === ')' && open.pop() === undefined) return at;
  }
  return open.at(-1);
}

/** Where the largest repeat count stands, which makes a pattern costly; its start when it has none. */
export function largestRepeatAt(pattern: string): number {
  const repeat = /\{(\d+)(?:,(\d*))?\}/y;
  let largest = { at: 0, count: 0 };
  for (const at of placesOf(pattern)) {
    repeat.lastIndex = at;
    const match = repeat.exec(pattern);
    const count = Number(match?.[2] || match?.[1] || 0);
    if (count > largest.count) largest = { at, count };
  }
  return largest.at;
}

/** Every place of a pattern where a construct could begin; escapes count as one. */
function* placesOf(pattern: string): Generator<number> {
  for (let at = 0; at < pattern.length; ) {
    const next = skipOrdinary(pattern, at);
    if (next > at) {
      at = next;
      continue;
    }
    yield at;
    at += pattern[at] === '\\' ? 2 : 1;
  }
}

function startsAt(sticky: RegExp, pattern: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(pattern);
}

function skipOrdinary(pattern: string, at: number): number {
  if (pattern.startsWith('\\Q', at)) {
    const end = pattern.indexOf('\\E', at + 2);
    return end < 0 ? pattern.length : end + 2;
  }
  return pattern[at] === '[' ? classEnd(pattern, at) : at;
}

function classEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern.startsWith('[:', at)) {
      const end = pattern.indexOf(':]', at + 2);
      if (end > 0) at = end;
    }
    at += pattern[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}
