import { FOLDS } from './fold-characters.ts';
import { isRune, OP, type Program, successors, takesAscii } from './program.ts';

/** Cheap facts of a text, from one pass over it. */
export interface TextFacts {
  readonly length: number;
  /** ASCII digits. */
  readonly digits: number;
  /** Which ASCII characters occur, as four 32-bit words; letters of either case count as small ones. */
  readonly low: number;
  readonly signs: number;
  readonly capitals: number;
  readonly smalls: number;
  /** Whether `normalise` could read it differently. */
  readonly folds: boolean;
}

/** ASCII characters as a set of four 32-bit words, capitals folded to small letters. */
export interface CharacterSet {
  readonly low: number;
  readonly signs: number;
  readonly capitals: number;
  readonly smalls: number;
}

/** Without which a rule cannot match; a rule that states too much would leak, so each is a necessary condition. */
export interface Needs {
  readonly minLength: number;
  readonly minDigits: number;
  /** All of these occur. */
  readonly all: CharacterSet;
  /** All of at least one of these occur; empty: nothing more is needed. */
  readonly any: readonly CharacterSet[];
}

export function characterSet(characters: string): CharacterSet {
  const { low, signs, capitals, smalls } = factsOf(characters);
  return { low, signs, capitals, smalls };
}

const KELVIN_SIGN = 0x212a;
const LONG_S = 0x17f;
const CAPITALS = 0x07fffffe;
const PERCENT_OR_AMPERSAND = (1 << 37) | (1 << 38);

export function factsOf(text: string): TextFacts {
  let digits = 0;
  let low = 0;
  let signs = 0;
  let upper = 0;
  let smalls = 0;
  let folds = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 96) {
      if (code < 128) smalls |= 1 << code;
      else if (FOLDS[code] === 1) {
        folds = true;
        // The only two characters beyond ASCII that equal an ASCII letter when case is ignored.
        if (code === KELVIN_SIGN) smalls |= 1 << 107;
        else if (code === LONG_S) smalls |= 1 << 115;
      }
    } else if (code >= 64) upper |= 1 << code;
    else if (code >= 32) {
      signs |= 1 << code;
      if (code >= 48 && code <= 57) digits++;
    } else low |= 1 << code;
  }
  return {
    length: text.length,
    digits,
    low,
    signs,
    capitals: upper & ~CAPITALS,
    smalls: smalls | (upper & CAPITALS),
    folds: folds || (signs & PERCENT_OR_AMPERSAND) !== 0,
  };
}

/** Whether a rule with these needs could match a text with these facts. */
export function couldMatch(needs: Needs, facts: TextFacts): boolean {
  if (facts.digits < needs.minDigits || facts.length < needs.minLength) return false;
  if (!contains(facts, needs.all)) return false;
  if (needs.any.length === 0) return true;
  for (const set of needs.any) if (contains(facts, set)) return true;
  return false;
}

function contains(facts: CharacterSet, set: CharacterSet): boolean {
  return (
    (set.low & ~facts.low) === 0 &&
    (set.signs & ~facts.signs) === 0 &&
    (set.capitals & ~facts.capitals) === 0 &&
    (set.smalls & ~facts.smalls) === 0
  );
}

const NOTHING_MORE = { any: [] as readonly CharacterSet[] };

/** The needs of a compiled pattern, read off its program: whatever no path to a match can do without. */
export function needsOf(program: Program): Needs {
  const isDigits = (pc: number): boolean => takesOnly(program, pc, (code) => code >= 48 && code <= 57);
  let all = '';
  for (const character of candidates(program)) {
    const small = character.toLowerCase();
    const only = (pc: number): boolean =>
      takesOnly(program, pc, (code) => String.fromCharCode(code).toLowerCase() === small);
    if (shortestPath(program, only) > 0) all += character;
  }
  return {
    minLength: shortestPath(program, () => true),
    minDigits: shortestPath(program, isDigits),
    all: characterSet(all),
    ...NOTHING_MORE,
  };
}

/** Characters that some instruction takes alone, in either case. */
function candidates(program: Program): Set<string> {
  const found = new Set<string>();
  for (let pc = 0; pc < program.size; pc++) {
    if (!isRune(program.op[pc] ?? OP.fail)) continue;
    const taken: number[] = [];
    for (let code = 0; code < 128 && taken.length < 3; code++)
      if (takesAscii(program, pc, code)) taken.push(code);
    const letters = new Set(taken.map((code) => String.fromCharCode(code).toLowerCase()));
    if (taken.length > 0 && letters.size === 1) found.add([...letters][0] ?? '');
  }
  return found;
}

/** A folded `k` or `s` also takes one character beyond ASCII, which the facts count as the letter. */
function takesOnly(program: Program, pc: number, accepts: (code: number) => boolean): boolean {
  if (program.hasHigh[pc] === 1 && program.foldedLetter[pc] !== 1) return false;
  for (let code = 0; code < 128; code++) if (takesAscii(program, pc, code) && !accepts(code)) return false;
  return true;
}

/**
 * Smallest number of counted instructions on any way from the start to a match (0-1 breadth-first search);
 * assertions are taken as if they always held, so the number is never too high.
 */
function shortestPath(program: Program, counts: (pc: number) => boolean): number {
  const distance = new Array<number>(program.size).fill(Number.POSITIVE_INFINITY);
  distance[program.start] = 0;
  let layer = [program.start];
  for (let steps = 0; layer.length > 0; steps++) {
    const later: number[] = [];
    for (let pc = layer.pop(); pc !== undefined; pc = layer.pop()) {
      if ((distance[pc] ?? 0) < steps) continue;
      if (program.op[pc] === OP.match) return steps;
      const cost = isRune(program.op[pc] ?? OP.fail) && counts(pc) ? 1 : 0;
      for (const next of successors(program, pc)) {
        if ((distance[next] ?? 0) <= steps + cost) continue;
        distance[next] = steps + cost;
        (cost === 0 ? layer : later).push(next);
      }
    }
    layer = later;
  }
  return 0;
}
