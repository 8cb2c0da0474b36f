import { type PatternFault, RedactionPatternError } from './rule.ts';

interface Unsupported {
  readonly start: string;
  readonly reason: PatternFault;
  readonly detail: string;
}

const LOOK = 'Look-around cannot run in linear time.';

const UNSUPPORTED_GROUPS: readonly Unsupported[] = [
  { start: '(?=', reason: 'look-around', detail: LOOK },
  { start: '(?!', reason: 'look-around', detail: LOOK },
  { start: '(?<=', reason: 'look-around', detail: LOOK },
  { start: '(?<!', reason: 'look-around', detail: LOOK },
  { start: '(?>', reason: 'possessive-or-atomic', detail: 'Atomic groups are not supported.' },
  { start: '(?(', reason: 'back-reference', detail: 'Conditional groups are not supported.' },
  { start: '(?P=', reason: 'back-reference', detail: 'Back-references cannot run in linear time.' },
];

/**
 * Finds the first construct that no linear-time engine runs, so that the refusal can name it and its place.
 * Character classes and `\Q...\E` are passed over: in them these signs are ordinary characters.
 */
export function findUnsupportedSyntax(pattern: string): RedactionPatternError | undefined {
  for (let at = 0; at < pattern.length; ) {
    const next = skipOrdinary(pattern, at);
    if (next > at) {
      at = next;
      continue;
    }
    const fault = faultAt(pattern, at);
    if (fault !== undefined) return new RedactionPatternError(fault.reason, fault.detail, at);
    at += pattern[at] === '\\' ? 2 : 1;
  }
  return undefined;
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

function faultAt(pattern: string, at: number): Pick<Unsupported, 'reason' | 'detail'> | undefined {
  if (/^\\(?:[1-9]|k[<{'])/.test(pattern.slice(at, at + 3))) {
    return { reason: 'back-reference', detail: 'Back-references cannot run in linear time.' };
  }
  return UNSUPPORTED_GROUPS.find((group) => pattern.startsWith(group.start, at));
}
