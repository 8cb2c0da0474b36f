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
/** Longest run of look-alike letters that is looked through: the length of a card number. */
const MAX_LETTERS = 19;
const NOT_A_DIGIT = -1;
/** Arguments of one call, well below any engine's limit. */
const SPELL_AT_ONCE = 4_096;

/** By UTF-16 unit below 128: the gap a separator makes, the value of a digit, the value of a look-alike letter. */
const GAPS = Uint8Array.from({ length: 128 }, (_, code) => SEPARATORS.indexOf(String.fromCharCode(code)) + 1);
const VALUES = Int8Array.from({ length: 128 }, (_, code) =>
  code >= 48 && code <= 57 ? code - 48 : NOT_A_DIGIT,
);
const LETTER_VALUES = Int8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character === 'O' || character === 'o') return 0;
  return character === 'l' || character === 'I' ? 1 : NOT_A_DIGIT;
});

export function digitStreamOf(text: string): DigitStream {
  const codes: number[] = [];
  const stream = { at: [] as number[], gaps: [] as number[], letters: [] as boolean[] };
  let previous = NOT_A_DIGIT;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) continue;
    const digit = VALUES[code] ?? NOT_A_DIGIT;
    const value = digit === NOT_A_DIGIT ? letterDigit(text, at, code) : digit;
    if (value === NOT_A_DIGIT) continue;
    stream.gaps.push(gapBefore(text, previous, at));
    stream.at.push(at);
    stream.letters.push(digit === NOT_A_DIGIT);
    codes.push(48 + value);
    previous = at;
  }
  let digits = '';
  for (let from = 0; from < codes.length; from += SPELL_AT_ONCE) {
    digits += String.fromCharCode(...codes.slice(from, from + SPELL_AT_ONCE));
  }
  return { ...stream, digits };
}

/** A letter reads as a digit only inside a run of digits and such letters that no other letter touches. */
function letterDigit(text: string, at: number, code: number): number {
  const value = LETTER_VALUES[code] ?? NOT_A_DIGIT;
  if (value === NOT_A_DIGIT) return NOT_A_DIGIT;
  const before = runEdge(text, at, -1);
  if (before === 'letter') return NOT_A_DIGIT;
  const after = runEdge(text, at, 1);
  return after !== 'letter' && (before === 'digit' || after === 'digit') ? value : NOT_A_DIGIT;
}

/** Walks over look-alike letters to what stands at their edge. */
function runEdge(text: string, from: number, direction: 1 | -1): 'digit' | 'letter' | 'other' {
  for (let at = from + direction, steps = 0; steps < MAX_LETTERS; at += direction, steps++) {
    if (at < 0 || at >= text.length) return 'other';
    const code = text.charCodeAt(at);
    if (code < 128) {
      if (VALUES[code] !== NOT_A_DIGIT) return 'digit';
      if (LETTER_VALUES[code] !== NOT_A_DIGIT) continue;
      const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
      return isLetter ? 'letter' : 'other';
    }
    return /\p{L}/u.test(text[at] ?? '') ? 'letter' : 'other';
  }
  return 'letter';
}

/** Spaces around another separator belong to it. */
function gapBefore(text: string, previous: number, at: number): number {
  if (previous === NOT_A_DIGIT || at - previous - 1 > MAX_GAP) return GAP.broken;
  let kind: number = GAP.none;
  for (let index = previous + 1; index < at; index++) {
    const code = text.charCodeAt(index);
    const separator = code < 128 ? (GAPS[code] ?? 0) : 0;
    if (separator === 0) return GAP.broken;
    kind = Math.max(kind, separator);
  }
  return kind;
}

/** The gap that a separator character makes, alone or with spaces around it. */
export const gapOf = (separator: string): number => SEPARATORS.indexOf(separator) + 1;

/** Whether a digit begins a group: nothing, or a separator, stands before it. */
export const beginsGroup = (stream: DigitStream, index: number): boolean => stream.gaps[index] !== GAP.none;
/** Whether a digit is the last of its group. */
export const endsGroup = (stream: DigitStream, index: number): boolean => stream.gaps[index + 1] !== GAP.none;
