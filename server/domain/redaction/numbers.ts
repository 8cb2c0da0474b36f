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

const BREAKING_GAPS = new Set([',', ':', '|', '~', '#', "'"].map(gapOf));

/**
 * Finds numbers of a kind among a text's digits. A candidate begins where a group of digits begins and ends
 * where one ends, has one of the kind's lengths, and is written in a believable way: in one of the kind's
 * shapes, with the same separator throughout, or digit by digit.
 */
export function findNumbers(stream: DigitStream, kind: NumberKind, text: string, emit: Emit): void {
  const count = stream.at.length;
  for (let first = 0; first < count; first++) {
    if (!beginsGroup(stream, first)) continue;
    const length = numberAt(stream, kind, text, first);
    if (length === 0) continue;
    emit(stream.at[first] ?? 0, (stream.at[first + length - 1] ?? 0) + 1);
    first += length - 1;
  }
}

/** Length in digits of the number that begins at a digit, the longest first; 0: none. */
function numberAt(stream: DigitStream, kind: NumberKind, text: string, first: number): number {
  for (const length of kind.lengths) {
    const last = first + length - 1;
    if (last >= stream.at.length || !endsGroup(stream, last)) continue;
    if (!isWritten(stream, kind, first, last) || !standsAlone(stream, text, first, last)) continue;
    const digits = stream.digits.slice(first, last + 1);
    if (!kind.valid(digits)) continue;
    if (kind.context?.(candidateOf(stream, text, { first, last, digits })) ?? true) return length;
  }
  return 0;
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

function isWritten(stream: DigitStream, kind: NumberKind, first: number, last: number): boolean {
  const groups: number[] = [1];
  let uniform = true;
  let gap = 0;
  let breaking = false;
  for (let index = first + 1; index <= last; index++) {
    const before = stream.gaps[index] ?? GAP.broken;
    if (before === GAP.broken) return false;
    if (!kind.checksum && stream.letters[index]) return false;
    if (before === GAP.none) {
      groups[groups.length - 1] = (groups.at(-1) ?? 0) + 1;
      continue;
    }
    if (gap !== 0 && gap !== before) uniform = false;
    gap = before;
    breaking ||= BREAKING_GAPS.has(before);
    groups.push(1);
  }
  if (groups.length === 1) return true;
  if (!breaking && kind.shapes.some((shape) => sameShape(shape, groups))) return true;
  if (!kind.checksum) return false;
  return uniform || (!breaking && groups.length === last - first + 1);
}

function sameShape(shape: readonly number[], groups: readonly number[]): boolean {
  return shape.length === groups.length && shape.every((size, index) => size === groups[index]);
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
