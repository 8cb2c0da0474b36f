import { beginsGroup, type DigitStream, endsGroup, GAP, gapOf } from './digit-stream.ts';

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
  readonly written: string;
  readonly digits: string;
  /** Up to 40 characters before it. */
  readonly before: string;
}

export type Emit = (start: number, end: number) => void;

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
  readonly letters: boolean;
}

const BREAKING_GAPS = new Set([',', ':', '|', '~', '#', "'"].map(gapOf));
/** Digits of the shortest and the longest number of any kind. */
const SHORTEST_RUN = 9;
const LONGEST_RUN = 19;
const MOST_GROUPS = 5;

/** Group sizes as one number; a group has at most nineteen digits. */
const shapeCode = (groups: readonly number[]): number =>
  groups.length > MOST_GROUPS ? 0 : groups.reduce((code, size) => code * 32 + size, 0);

/** All runs of whole groups, by where they begin and then by length; made once for all kinds of numbers. */
export function digitRunsOf(stream: DigitStream): readonly DigitRun[] {
  const runs: DigitRun[] = [];
  for (let first = 0; first + SHORTEST_RUN <= stream.at.length; first++) {
    if (beginsGroup(stream, first)) addRuns(stream, first, runs);
  }
  return runs;
}

function addRuns(stream: DigitStream, first: number, runs: DigitRun[]): void {
  const groups = [1];
  let gap: number = GAP.none;
  let uniform = true;
  let breaking = false;
  let letters = stream.letters[first] ?? false;
  const end = Math.min(first + LONGEST_RUN, stream.at.length);
  for (let last = first; last < end; last++) {
    const before = last === first ? GAP.none : (stream.gaps[last] ?? GAP.broken);
    if (before === GAP.broken) return;
    if (before !== GAP.none) {
      uniform &&= gap === GAP.none || gap === before;
      breaking ||= BREAKING_GAPS.has(before);
      gap = before;
      groups.push(1);
    } else if (last > first) groups[groups.length - 1] = (groups[groups.length - 1] ?? 0) + 1;
    letters ||= stream.letters[last] ?? false;
    const length = last - first + 1;
    if (length < SHORTEST_RUN || !endsGroup(stream, last)) continue;
    runs.push({
      first,
      length,
      shape: groups.length === length ? SPELLED : shapeCode(groups),
      uniform,
      breaking,
      letters,
    });
  }
}

/** Shape of a run in which every digit stands alone. */
const SPELLED = -1;

/** What a detector needs to know of a text to find numbers in it. */
export interface DigitText {
  readonly text: string;
  readonly stream: DigitStream;
  readonly runs: readonly DigitRun[];
}

/** A finder of one kind of number; it works out what it can before any text comes. */
export function numberFinder(kind: NumberKind): (source: DigitText, emit: Emit) => void {
  const lengths = kind.lengths.reduce((bits, length) => bits | (1 << length), 0);
  const shapes = new Set(kind.shapes.map(shapeCode));
  const isBelievable = ({ shape, uniform, breaking, letters, length }: DigitRun): boolean => {
    if (shape === length) return kind.checksum || !letters;
    if (!kind.checksum) return !letters && !breaking && shapes.has(shape);
    return uniform || shape === SPELLED || (!breaking && shapes.has(shape));
  };
  return (source, emit) => {
    let from = 0;
    let best: DigitRun | undefined;
    for (const run of source.runs) {
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
  const first = run.first;
  const last = first + run.length - 1;
  const digits = stream.digits.slice(first, last + 1);
  if (!kind.valid(digits) || !standsAlone(stream, text, first, last)) return false;
  return kind.context?.(candidateOf(stream, text, { first, last, digits })) ?? true;
}

const CONTEXT_LENGTH = 40;

function candidateOf(
  stream: DigitStream,
  text: string,
  { first, last, digits }: { first: number; last: number; digits: string },
): Candidate {
  const start = stream.at[first] ?? 0;
  const written = text.slice(start, (stream.at[last] ?? 0) + 1);
  return { written, digits, before: text.slice(Math.max(0, start - CONTEXT_LENGTH), start) };
}

const LETTER = /[\p{L}_]/u;

/**
 * Refuses digits inside a mixed code such as `1Z999AA10123456784`: letters may touch a number ("nr4111...")
 * only when no further digit touches those letters.
 */
function standsAlone(stream: DigitStream, text: string, first: number, last: number): boolean {
  const start = stream.at[first] ?? 0;
  const end = (stream.at[last] ?? 0) + 1;
  return !touchesCode(text, start - 1, -1) && !touchesCode(text, end, 1);
}

function touchesCode(text: string, from: number, direction: 1 | -1): boolean {
  let at = from;
  while (at >= 0 && at < text.length && Math.abs(at - from) < 16 && LETTER.test(text[at] ?? ''))
    at += direction;
  const edge = text[at] ?? ' ';
  return at !== from && edge >= '0' && edge <= '9';
}
