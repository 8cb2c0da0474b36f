import { type DigitStream, GAP, isStrange, separatorOf } from './digit-stream.ts';

/** A kind of number that is recognised by its digits. */
export interface NumberKind {
  /** How many digits it has. */
  readonly lengths: readonly number[];
  /** How people write it: group sizes. Any separators between these groups are believed. */
  readonly shapes: readonly (readonly number[])[];
  readonly valid: (digits: string) => boolean;
  /** Whether a checksum stands behind `valid`: then odd spellings and look-alike letters are believed too. */
  readonly checksum: boolean;
  /** Refuses a candidate by how it is written or by the words before it, for kinds without a strong checksum. */
  readonly context?: (candidate: Candidate) => boolean;
}

export interface Candidate {
  readonly digits: string;
  /** What stands between its digits, one sign a place: the separator without spaces around it, or `x` for nothing. */
  readonly signs: string;
  /** Up to 40 characters before it. */
  readonly before: string;
}

/** Takes one match. `unsearched`: nothing was recognised in it, and nothing ruled out. */
export type Emit = (start: number, end: number, unsearched?: boolean) => void;

/** A run of whole groups of digits, of a length that some kind of number has. */
export interface DigitRun {
  readonly first: number;
  readonly length: number;
  /** The group sizes as one number ({@link shapeCode}); 0 when there are too many groups for a shape. */
  readonly shape: number;
  /** Whether one kind of separator, or none, stands between all groups. */
  readonly uniform: boolean;
  /** Whether a separator is among those that also separate numbers: commas, colons and such. */
  readonly breaking: boolean;
  /** Whether a sign is among them that nobody needs between digits: then the groups must be those of the number. */
  readonly strange: boolean;
  readonly letters: boolean;
}

/** By gap: 1 where its separator also stands between numbers. */
const BREAKING = Uint8Array.from({ length: 256 }, (_, gap) => (/[,:|~#']/.test(separatorOf(gap)) ? 1 : 0));
/** Digits of the shortest and the longest number of any kind. */
const SHORTEST_RUN = 9;
const LONGEST_RUN = 19;
const MOST_GROUPS = 5;

/** Group sizes as one number; a group has at most nineteen digits. */
const shapeCode = (groups: readonly number[]): number =>
  groups.length > MOST_GROUPS ? 0 : groups.reduce((code, size) => code * 32 + size, 0);

/** All runs of a text, and their lengths as bits. */
export interface DigitRuns {
  readonly list: readonly DigitRun[];
  /** The same by length, for kinds of numbers that have but one. */
  readonly byLength: readonly (readonly DigitRun[] | undefined)[];
  readonly lengths: number;
}

/** All runs of whole groups, by where they begin and then by length; made once for all kinds of numbers. */
export function digitRunsOf(stream: DigitStream): DigitRuns {
  const list: DigitRun[] = [];
  let lengths = 0;
  for (let group = 0; group < stream.groups; group++) {
    const first = stream.groupFirst[group] ?? 0;
    if (stream.size - first < SHORTEST_RUN) break;
    lengths |= addRuns(stream, group, list);
  }
  return { list, byLength: byLengthOf(list), lengths };
}

function byLengthOf(list: readonly DigitRun[]): DigitRun[][] {
  const byLength: DigitRun[][] = [];
  for (const run of list) {
    const same = byLength[run.length];
    if (same === undefined) byLength[run.length] = [run];
    else same.push(run);
  }
  return byLength;
}

/** Adds the runs that begin with a group. Returns their lengths as bits. */
function addRuns(
  { groupFirst, gaps, groupLetters, groups }: DigitStream,
  from: number,
  list: DigitRun[],
): number {
  const first = groupFirst[from] ?? 0;
  let lengths = 0;
  let shape = 0;
  let gap: number = GAP.none;
  let uniform = true;
  let breaking = false;
  let strange = false;
  let letters = false;
  for (let group = from; group < groups; group++) {
    const begin = groupFirst[group] ?? 0;
    const end = groupFirst[group + 1] ?? 0;
    const length = end - first;
    const before = group === from ? GAP.none : (gaps[begin] ?? GAP.broken);
    if (length > LONGEST_RUN || before === GAP.broken) break;
    if (before !== GAP.none) {
      uniform &&= gap === GAP.none || gap === before;
      breaking ||= BREAKING[before] === 1;
      strange ||= isStrange(before);
      gap = before;
    }
    letters ||= groupLetters[group] === 1;
    const count = group - from + 1;
    shape = count > MOST_GROUPS ? 0 : shape * 32 + end - begin;
    if (length < SHORTEST_RUN) continue;
    const form = count === length ? SPELLED : shape;
    list.push({ first, length, shape: form, uniform, breaking, strange, letters });
    lengths |= 1 << length;
  }
  return lengths;
}

/** Shape of a run in which every digit stands alone. */
const SPELLED = -1;

/** What a detector needs to know of a text to find numbers in it. */
export interface DigitText {
  readonly text: string;
  readonly stream: DigitStream;
  readonly runs: DigitRuns;
}

/** A finder of one kind of number; it works out what it can before any text comes. */
export function numberFinder(kind: NumberKind): (source: DigitText, emit: Emit) => void {
  const lengths = kind.lengths.reduce((bits, length) => bits | (1 << length), 0);
  const shapes = new Set(kind.shapes.map(shapeCode));
  const isBelievable = ({ shape, uniform, breaking, strange, letters, length }: DigitRun): boolean => {
    if (shape === length) return kind.checksum || !letters;
    if (strange) return kind.checksum && uniform && (shape === SPELLED || shapes.has(shape));
    if (!kind.checksum) return !letters && !breaking && (shape === SPELLED || shapes.has(shape));
    return uniform || shape === SPELLED || (!breaking && shapes.has(shape));
  };
  const only = kind.lengths.length === 1 ? kind.lengths[0] : undefined;
  return (source, emit) => {
    if ((source.runs.lengths & lengths) === 0) return;
    const runs = only === undefined ? source.runs.list : (source.runs.byLength[only] ?? []);
    let from = 0;
    let best: DigitRun | undefined;
    for (const run of runs) {
      if (best !== undefined && run.first !== best.first) from = emitRun(source, best, emit);
      if (best !== undefined && run.first !== best.first) best = undefined;
      if (run.first < from || (lengths & (1 << run.length)) === 0 || !isBelievable(run)) continue;
      if (isNumber(source, kind, run)) best = run;
    }
    if (best !== undefined) emitRun(source, best, emit);
  };
}

/** Emits a run and returns the first digit behind it. */
function emitRun({ stream }: DigitText, { first, length }: DigitRun, emit: Emit): number {
  emit(stream.at[first] ?? 0, (stream.at[first + length - 1] ?? 0) + 1);
  return first + length;
}

function isNumber({ stream, text }: DigitText, kind: NumberKind, run: DigitRun): boolean {
  const { first, length } = run;
  const digits = digitsOf(stream, text, run);
  if (!kind.valid(digits) || !standsAlone(stream, text, run)) return false;
  if (kind.context === undefined) return true;
  const start = stream.at[first] ?? 0;
  const before = text.slice(Math.max(0, start - CONTEXT_LENGTH), start);
  return kind.context({ digits, before, signs: signsOf(stream, first, length) });
}

const CONTEXT_LENGTH = 40;
/** Code of `x`. */
const NOTHING_BETWEEN = 120;

function digitsOf(stream: DigitStream, text: string, { first, length, letters }: DigitRun): string {
  const start = stream.at[first] ?? 0;
  const end = (stream.at[first + length - 1] ?? 0) + 1;
  return !letters && end - start === length
    ? text.slice(start, end)
    : stream.digits.slice(first, first + length);
}

function signsOf({ gaps }: DigitStream, first: number, length: number): string {
  const codes: number[] = [];
  for (let index = first + 1; index < first + length; index++) {
    codes.push(gaps[index] === GAP.none ? NOTHING_BETWEEN : separatorOf(gaps[index] ?? 0).charCodeAt(0));
  }
  return String.fromCharCode(...codes);
}

const LETTER = /[\p{L}_]/u;

/**
 * Refuses digits inside a mixed code such as `1Z999AA10123456784`: letters may touch a number ("nr4111...")
 * only when no further digit touches those letters.
 */
function standsAlone({ at }: DigitStream, text: string, { first, length }: DigitRun): boolean {
  const start = at[first] ?? 0;
  const end = (at[first + length - 1] ?? 0) + 1;
  return !touchesCode(text, start - 1, -1) && !touchesCode(text, end, 1);
}

function touchesCode(text: string, from: number, direction: 1 | -1): boolean {
  const touching = text.charCodeAt(from);
  if (touching < 65) return false;
  let at = from;
  while (at >= 0 && at < text.length && Math.abs(at - from) < 16 && LETTER.test(text[at] ?? ''))
    at += direction;
  const edge = text[at] ?? ' ';
  return at !== from && edge >= '0' && edge <= '9';
}
