/** Where letters and digits follow each other in a text, at most two separators between them. */
export interface CodeEdges {
  readonly letterThenDigit: boolean;
  readonly digitThenLetter: boolean;
}

const KIND = { other: 0, digit: 1, letter: 2, separator: 3 } as const;
const MAX_SEPARATORS = 2;

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\d/.test(character)) return KIND.digit;
  if (/[A-Za-z]/.test(character)) return KIND.letter;
  return ' ._*/-'.includes(character) ? KIND.separator : KIND.other;
});

/**
 * One pass that spares the patterns of codes (letters and digits mixed, see `builtin-rules/spaced.ts`) most texts:
 * a code has such an edge.
 */
export function codeEdgesOf(text: string): CodeEdges {
  let letterThenDigit = false;
  let digitThenLetter = false;
  let last: number = KIND.other;
  let separators = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (KINDS[code] ?? KIND.other) : KIND.other;
    if (kind === KIND.separator) {
      if (++separators > MAX_SEPARATORS) last = KIND.other;
      continue;
    }
    if (kind === KIND.digit) letterThenDigit ||= last === KIND.letter;
    else if (kind === KIND.letter) digitThenLetter ||= last === KIND.digit;
    last = kind;
    separators = 0;
  }
  return { letterThenDigit, digitThenLetter };
}
