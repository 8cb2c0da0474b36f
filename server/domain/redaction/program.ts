import { RE2JS, RE2JSException } from 're2js';
import { findUnsupportedSyntax, largestRepeatAt, unbalancedAt } from './pattern-syntax.ts';
import { RedactionPatternError } from './rule.ts';

/** Instruction codes of re2js (`Inst` in its source); a test compares them with a compiled sample. */
export const OP = {
  alternative: 1,
  alternativeMatch: 2,
  capture: 3,
  emptyWidth: 4,
  fail: 5,
  match: 6,
  nop: 7,
  firstRune: 8,
  lastRune: 11,
} as const;

/** Longest pattern in UTF-16 units. */
export const MAX_PATTERN_LENGTH = 1_000;
/** Most instructions of a program; `a{1000}` alone makes a thousand. Bounds memory and analysis. */
export const MAX_PROGRAM_SIZE = 1_500;
/** Most steps that a pattern may ever need for one character, counted as the search counts them. */
export const MAX_STEPS_PER_CHARACTER = 600;

interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
  matchRune(codePoint: number): boolean;
}

/** A compiled pattern as flat arrays, ready for `LinearSearch` and for the prefilter's analysis. */
export interface Program {
  readonly size: number;
  readonly start: number;
  readonly op: Uint8Array;
  readonly out: Int32Array;
  readonly arg: Int32Array;
  /** Four 32-bit words an instruction: which of the 128 ASCII characters it takes. */
  readonly ascii: Int32Array;
  /** Which instructions take the same code points: the same number for each of them, from 0. */
  readonly kind: Uint16Array;
  readonly kinds: number;
  /** Whether instruction `pc` takes a code point beyond ASCII. */
  readonly takesHigh: (pc: number, codePoint: number) => boolean;
  /** Whether instruction `pc` takes any code point beyond ASCII. */
  readonly hasHigh: Uint8Array;
  /** Whether instruction `pc` takes one ASCII letter in either case, and nothing but what folds to it. */
  readonly foldedLetter: Uint8Array;
}

export const isRune = (op: number): boolean => op >= OP.firstRune && op <= OP.lastRune;

/**
 * Parses and compiles a pattern with re2js, which refuses what cannot run in linear time.
 * @throws RedactionPatternError also when the program is too large, or can match without taking a character
 */
export function compileProgram(pattern: string, flags: string): Program {
  const compiled = parse(pattern, inlineFlags(flags));
  const instructions = compiled.re2().prog.inst.length;
  if (instructions > MAX_PROGRAM_SIZE) throw tooLarge(pattern, instructions);
  const program = flatten(compiled);
  if (firstInstructions(program).empty) {
    throw new RedactionPatternError('matches-empty', 'The pattern can match without taking a character.', 0);
  }
  return program;
}

/**
 * What a new pattern must satisfy besides: nothing in it that would be read otherwise than it was meant.
 * @throws RedactionPatternError
 */
export function judgePattern(pattern: string): void {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    const detail = `A pattern has at most ${MAX_PATTERN_LENGTH} characters.`;
    throw new RedactionPatternError('too-long', detail, MAX_PATTERN_LENGTH);
  }
  const unsupported = findUnsupportedSyntax(pattern);
  if (unsupported !== undefined) throw unsupported;
}

/**
 * And what its program must: that no text makes it keep too many possibilities open.
 * @throws RedactionPatternError
 */
export function judgeProgram(program: Program, pattern: string): void {
  if (stepsPerCharacter(program) > MAX_STEPS_PER_CHARACTER) throw tooCostly(pattern);
}

function inlineFlags(flags: string): string {
  const unknown = flags.search(/[^imsuUg]/);
  if (unknown !== -1) {
    throw new RedactionPatternError('flags', 'Flags are any of i, m, s, U, u and g.', unknown);
  }
  const wanted = [...new Set(flags)].filter((flag) => 'imsU'.includes(flag)).join('');
  return wanted === '' ? '' : `(?${wanted})`;
}

function parse(pattern: string, prefix: string): RE2JS {
  try {
    return RE2JS.compile(prefix + RE2JS.translateRegExp(pattern));
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw syntaxError(error, pattern);
  }
}

function syntaxError(error: RE2JSException, pattern: string): RedactionPatternError {
  const { error: reason = 'The pattern compiles to too large a program.', input } = error as {
    error?: string;
    input?: string | null;
  };
  const tooMany = /too large|repeat count/.test(reason);
  const at = tooMany ? largestRepeatAt(pattern) : faultAt(pattern, { reason, input: input ?? '' });
  return new RedactionPatternError(tooMany ? 'too-costly' : 'syntax', reason, at);
}

/** re2js names the text at fault and not its place; it may have been spelled otherwise in the pattern. */
function faultAt(pattern: string, { reason, input }: { reason: string; input: string }): number {
  if (reason.endsWith(')')) return unbalancedAt(pattern) ?? 0;
  if (input === '') return Math.max(0, pattern.length - 1);
  return Math.max(0, reason.startsWith('duplicate') ? pattern.lastIndexOf(input) : pattern.indexOf(input));
}

function tooLarge(pattern: string, steps: number): RedactionPatternError {
  const detail = `The pattern compiles to ${steps} steps; at most ${MAX_PROGRAM_SIZE} are allowed.`;
  return new RedactionPatternError('too-costly', detail, largestRepeatAt(pattern));
}

function flatten(compiled: RE2JS): Program {
  const { inst, start } = compiled.re2().prog as { inst: Instruction[]; start: number };
  return {
    size: inst.length,
    start,
    op: Uint8Array.from(inst, (i) => i.op),
    out: Int32Array.from(inst, (i) => i.out),
    arg: Int32Array.from(inst, (i) => i.arg),
    ascii: asciiSets(inst),
    ...kindsOf(inst),
    takesHigh: (pc, codePoint) => inst[pc]?.matchRune(codePoint) ?? false,
    hasHigh: Uint8Array.from(inst, (i) => (isRune(i.op) && mayTakeHigh(i) ? 1 : 0)),
    foldedLetter: Uint8Array.from(inst, (i) => (i.runes.length === 1 && (i.runes[0] ?? 128) < 128 ? 1 : 0)),
  };
}

function kindsOf(inst: readonly Instruction[]): Pick<Program, 'kind' | 'kinds'> {
  const numbers = new Map<string, number>();
  const kind = Uint16Array.from(inst, ({ op, arg, runes }) => {
    const key = isRune(op) ? `${op} ${arg} ${Array.from(runes).join()}` : '';
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  return { kind, kinds: numbers.size };
}

/** Folding sends only `k` and `s` beyond ASCII, yet any folded single rune is taken as if it could. */
function mayTakeHigh(instruction: Instruction): boolean {
  const { runes } = instruction;
  if (runes.length === 1) return (runes[0] ?? 0) > 127 || instruction.arg !== 0;
  return (runes[runes.length - 1] ?? 0) > 127;
}

function asciiSets(inst: readonly Instruction[]): Int32Array {
  const sets = new Int32Array(inst.length * 4);
  for (const [pc, instruction] of inst.entries()) {
    if (!isRune(instruction.op)) continue;
    for (let code = 0; code < 128; code++) {
      const at = pc * 4 + (code >> 5);
      if (instruction.matchRune(code)) sets[at] = (sets[at] ?? 0) | (1 << code);
    }
  }
  return sets;
}

const TOO_COSTLY =
  'The pattern keeps too many possibilities open at once; use smaller repeat counts or several rules.';

export const tooCostly = (pattern: string): RedactionPatternError =>
  new RedactionPatternError('too-costly', TOO_COSTLY, largestRepeatAt(pattern));

/**
 * Upper bound on the steps after any one character: everything reached, without taking another, from the start and
 * from all instructions that take it. Characters beyond ASCII count as one that satisfies all that take any.
 */
export function stepsPerCharacter(program: Program): number {
  let most = 0;
  for (let code = 0; code <= 128; code++) {
    const reached = [program.start];
    for (let pc = 0; pc < program.size; pc++) {
      const takes = code < 128 ? takesAscii(program, pc, code) : program.hasHigh[pc] === 1;
      if (takes) reached.push(program.out[pc] ?? 0);
    }
    most = Math.max(most, 1 + stepsFrom(program, reached));
  }
  return most;
}

/** Each instruction gone through is a step, and each thread that then waits for a character is another. */
function stepsFrom(program: Program, pending: number[]): number {
  const seen = new Uint8Array(program.size);
  let steps = 0;
  for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
    steps++;
    if (seen[pc] === 1) continue;
    seen[pc] = 1;
    const op = program.op[pc] ?? OP.fail;
    if (isRune(op) || op === OP.match) steps++;
    else pending.push(...successors(program, pc));
  }
  return steps;
}

export function takesAscii(program: Program, pc: number, code: number): boolean {
  return (((program.ascii[pc * 4 + (code >> 5)] ?? 0) >>> code) & 1) === 1;
}

/** The rune instructions that can be first, assertions ignored, and whether a match needs none. */
export function firstInstructions(program: Program): { readonly runes: number[]; readonly empty: boolean } {
  const seen = new Uint8Array(program.size);
  const pending = [program.start];
  const runes: number[] = [];
  let empty = false;
  for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
    if (seen[pc] === 1) continue;
    seen[pc] = 1;
    const op = program.op[pc] ?? OP.fail;
    if (op === OP.match) empty = true;
    else if (isRune(op)) runes.push(pc);
    else pending.push(...successors(program, pc));
  }
  return { runes, empty };
}

/** Where execution can go after instruction `pc`. */
export function successors(program: Program, pc: number): number[] {
  const op = program.op[pc] ?? OP.fail;
  if (op === OP.match || op === OP.fail) return [];
  const out = program.out[pc] ?? 0;
  const branches = op === OP.alternative || op === OP.alternativeMatch;
  return branches ? [out, program.arg[pc] ?? 0] : [out];
}
