/** How two neighbouring digits of a stream stand to each other. */
export const GAP = { none: 0, broken: 255 } as const;

/** Longest separator between two digits that may belong to one number, in characters. */
const MAX_GAP = 3;
/** What people write between the digits of a number. */
const SEPARATORS = " .-/_*,:+|~#'()\n\r\t";
/** What they write there to hide one: the other signs of ASCII, and one that stands for controls and for those beyond it. */
const STRANGE_SEPARATORS = '!"$%&;<=>?@[\\]^`{}\u007f¤';
const ALL_SEPARATORS = SEPARATORS + STRANGE_SEPARATORS;
const BEYOND_ASCII = ALL_SEPARATORS.length;
/** Punctuation, symbols, controls, marks, and halves of what has two units, such as emoji. */
const SIGN = /[\p{P}\p{S}\p{C}\p{M}]/u;
/** Longest run of look-alike letters that is looked through: the length of a card number. */
const MAX_LETTERS = 19;
const NOT_A_DIGIT = -1;

/** By UTF-16 unit below 128: the gap a separator makes, the value of a digit, the value of a look-alike letter. */
const GAPS = Uint8Array.from({ length: 128 }, (_, code) => {
  const separator = ALL_SEPARATORS.indexOf(String.fromCharCode(code)) + 1;
  return separator === 0 && code < 32 ? BEYOND_ASCII : separator;
});
const VALUES = Int8Array.from({ length: 128 }, (_, code) =>
  code >= 48 && code <= 57 ? code - 48 : NOT_A_DIGIT,
);
const LETTER_VALUES = Int8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character === 'O' || character === 'o') return 0;
  return character === 'l' || character === 'I' ? 1 : NOT_A_DIGIT;
});

/** Room for the digits of a message of ordinary length. */
const FIRST_CAPACITY = 256;

/**
 * All digits of a text in order, with what stands between them, in groups that nothing separates. Numbers are looked
 * for in it instead of in the text, so that separators cost nothing and hide nothing. One stream is filled again for
 * text after text, so that no memory is asked for on the way of a message.
 */
export class DigitStream {
  /** Of digits. */
  size = 0;
  groups = 0;
  /** Value of each digit as a character code. */
  codes = new Uint8Array(FIRST_CAPACITY);
  /** Index of each digit in the text. */
  at = new Int32Array(FIRST_CAPACITY);
  /** Before each digit: GAP.none, a number that stands for the separator, or GAP.broken. */
  gaps = new Uint8Array(FIRST_CAPACITY);
  /** By group: its first digit; behind the last group stands `size`. */
  groupFirst = new Int32Array(FIRST_CAPACITY + 1);
  /** By group: 1 where one of its digits was written as a letter that looks like it. */
  groupLetters = new Uint8Array(FIRST_CAPACITY);

  #digits: string | undefined;

  /** All digits, as a text. */
  get digits(): string {
    this.#digits ??= spelled(this.codes.subarray(0, this.size));
    return this.#digits;
  }

  fill(text: string): void {
    this.#makeRoom(text.length);
    this.#digits = undefined;
    this.size = 0;
    this.groups = 0;
    let previous = NOT_A_DIGIT;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 122) continue;
      const digit = VALUES[code] ?? NOT_A_DIGIT;
      const value = digit === NOT_A_DIGIT ? letterDigit(text, at, code) : digit;
      if (value === NOT_A_DIGIT) continue;
      this.#add(
        48 + value,
        at,
        at === previous + 1 && previous >= 0 ? GAP.none : gapBefore(text, previous, at),
      );
      if (digit === NOT_A_DIGIT) this.groupLetters[this.groups - 1] = 1;
      previous = at;
    }
    this.groupFirst[this.groups] = this.size;
  }

  #add(code: number, at: number, gap: number): void {
    const index = this.size++;
    this.codes[index] = code;
    this.at[index] = at;
    this.gaps[index] = gap;
    if (gap === GAP.none) return;
    this.groupLetters[this.groups] = 0;
    this.groupFirst[this.groups++] = index;
  }

  #makeRoom(length: number): void {
    if (length <= this.codes.length) return;
    this.codes = new Uint8Array(length);
    this.at = new Int32Array(length);
    this.gaps = new Uint8Array(length);
    this.groupFirst = new Int32Array(length + 1);
    this.groupLetters = new Uint8Array(length);
  }
}

/** Arguments of one call, well below any engine's limit. */
const SPELL_AT_ONCE = 4_096;

function spelled(codes: Uint8Array): string {
  let digits = '';
  for (let from = 0; from < codes.length; from += SPELL_AT_ONCE) {
    // Several times as fast as a spread, which asks the array for one code after the other.
    digits += String.fromCharCode.apply(
      null,
      codes.subarray(from, from + SPELL_AT_ONCE) as unknown as number[],
    );
  }
  return digits;
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
    const separator = code < 128 ? (GAPS[code] ?? 0) : gapBeyondAscii(text[index] ?? '');
    if (separator === 0) return GAP.broken;
    kind = Math.max(kind, separator);
  }
  return kind;
}

const gapBeyondAscii = (sign: string): number => (SIGN.test(sign) ? BEYOND_ASCII : 0);

/** Whether the gap is one of those that nobody needs. */
export const isStrange = (gap: number): boolean => gap > SEPARATORS.length && gap <= BEYOND_ASCII;

/** The gap that a separator character makes, alone or with spaces around it. */
export const gapOf = (separator: string): number => ALL_SEPARATORS.indexOf(separator) + 1;

/** The separator that a gap stands for. */
export const separatorOf = (gap: number): string => ALL_SEPARATORS.charAt(gap - 1);
