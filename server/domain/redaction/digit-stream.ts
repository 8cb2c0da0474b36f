/** How two neighbouring digits of a stream stand to each other. */
export const GAP = { none: 0, broken: 255 } as const;

/**
 * All digits of a text in order, with what stands between them. Numbers are looked for in it instead of in
 * the text, so that separators cost nothing and hide nothing.
 */
export interface DigitStream {
  readonly digits: string;
  /** Index of each digit in the text. */
  readonly at: readonly number[];
  /** Before each digit: GAP.none, a number that stands for the separator, or GAP.broken. */
  readonly gaps: readonly number[];
  /** Whether each digit was written as a letter that looks like it. */
  readonly letters: readonly boolean[];
}

/** Longest separator between two digits that may belong to one number, in characters. */
const MAX_GAP = 3;
const SEPARATORS = " .-/_*,:+|~#'()\n\r\t";
const LETTER_DIGITS: ReadonlyMap<string, string> = new Map(
  Object.entries({ O: '0', o: '0', l: '1', I: '1' }),
);

export function digitStreamOf(text: string): DigitStream {
  const stream = { digits: '', at: [] as number[], gaps: [] as number[], letters: [] as boolean[] };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    const isDigit = character >= '0' && character <= '9';
    const value = isDigit ? character : letterDigit(text, at);
    if (value === undefined) continue;
    stream.gaps.push(gapBefore(text, stream.at.at(-1), at));
    stream.at.push(at);
    stream.letters.push(!isDigit);
    stream.digits += value;
  }
  return stream;
}

/** A letter reads as a digit only inside a run of digits and such letters that no other letter touches. */
function letterDigit(text: string, at: number): string | undefined {
  const value = LETTER_DIGITS.get(text[at] ?? '');
  if (value === undefined) return undefined;
  const before = runEdge(text, at, -1);
  const after = runEdge(text, at, 1);
  return before !== 'letter' && after !== 'letter' && (before === 'digit' || after === 'digit')
    ? value
    : undefined;
}

/** Walks over look-alike letters (at most the length of a card number) to what stands at their edge. */
function runEdge(text: string, from: number, direction: 1 | -1): 'digit' | 'letter' | 'other' {
  for (let at = from + direction, steps = 0; steps < 19; at += direction, steps++) {
    const character = text[at] ?? ' ';
    if (character >= '0' && character <= '9') return 'digit';
    if (!LETTER_DIGITS.has(character)) return /[\p{L}_]/u.test(character) ? 'letter' : 'other';
  }
  return 'letter';
}

function gapBefore(text: string, previous: number | undefined, at: number): number {
  if (previous === undefined || at - previous - 1 > MAX_GAP) return GAP.broken;
  if (at === previous + 1) return GAP.none;
  let kind = 0;
  for (let index = previous + 1; index < at; index++) {
    const separator = SEPARATORS.indexOf(text[index] ?? '');
    if (separator < 0) return GAP.broken;
    if (separator > 0 || kind === 0) kind = Math.max(kind, separator + 1);
  }
  return kind;
}

/** The gap that a separator character makes, alone or with spaces around it. */
export const gapOf = (separator: string): number => SEPARATORS.indexOf(separator) + 1;

/** Whether a digit begins a group: nothing, or a separator, stands before it. */
export const beginsGroup = (stream: DigitStream, index: number): boolean => stream.gaps[index] !== GAP.none;
/** Whether a digit is the last of its group. */
export const endsGroup = (stream: DigitStream, index: number): boolean => stream.gaps[index + 1] !== GAP.none;
