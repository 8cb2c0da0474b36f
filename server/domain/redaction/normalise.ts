import { FOLDS, foldCodePoint } from './fold-characters.ts';

/** A text as rules see it, with the way back to the original. */
export interface TextView {
  readonly text: string;
  /** Original start and end of each unit of `text`; absent where the view is the original. */
  readonly origin?: { readonly starts: Int32Array; readonly ends: Int32Array };
  /** Whether units stand in another order than in the original. */
  readonly shuffled?: true;
}

export const originalStart = (view: TextView, at: number): number => view.origin?.starts[at] ?? at;
/** `end` is exclusive in the view and in the original. */
export const originalEnd = (view: TextView, end: number): number =>
  view.origin === undefined ? end : (view.origin.ends[end - 1] ?? end);

/** What a part of the view takes of the original, from its first to its last unit there. */
export function originalSpan(view: TextView, start: number, end: number): { start: number; end: number } {
  const span = { start: originalStart(view, start), end: originalEnd(view, end) };
  if (view.shuffled !== true) return span;
  for (let at = start; at < end; at++) {
    span.start = Math.min(span.start, originalStart(view, at));
    span.end = Math.max(span.end, originalEnd(view, at + 1));
  }
  return span;
}

const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]{2,8}));?/y;
const PERCENT = /%([2-7][\dA-Fa-f])/y;

/** Named character references that stand for what is found in or between numbers and addresses (HTML, 13.5). */
const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    nbsp: ' ',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    numsp: ' ',
    puncsp: ' ',
    hairsp: ' ',
    shy: '',
    zwj: '',
    zwnj: '',
    lrm: '',
    rlm: '',
    hyphen: '-',
    dash: '-',
    ndash: '-',
    mdash: '-',
    minus: '-',
    commat: '@',
    period: '.',
    middot: '.',
    colon: ':',
    sol: '/',
    lowbar: '_',
    plus: '+',
    ast: '*',
    num: '#',
    amp: '&',
  }),
);

/** Collects a view unit by unit. */
class ViewBuilder {
  #text = '';
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  add(characters: string, start: number, end: number): void {
    this.#text += characters;
    for (let index = 0; index < characters.length; index++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  /** Copies units that read as themselves. */
  copy(text: string, start: number, end: number): void {
    this.#text += text.slice(start, end);
    for (let at = start; at < end; at++) {
      this.#starts.push(at);
      this.#ends.push(at + 1);
    }
  }

  build(): TextView {
    const origin = { starts: Int32Array.from(this.#starts), ends: Int32Array.from(this.#ends) };
    return { text: this.#text, origin };
  }
}

/**
 * The text with look-alikes as ASCII, invisible and combining characters gone, every space and dash plain,
 * and HTML character references and percent-escapes resolved; undefined when nothing of it changes.
 */
export function normalise(text: string): TextView | undefined {
  const builder = new ViewBuilder();
  let copied = 0;
  let changed = false;
  for (let at = 0; at < text.length; ) {
    const piece = foldAt(text, at);
    if (piece === undefined) {
      at++;
      continue;
    }
    builder.copy(text, copied, at);
    builder.add(piece.reads, at, at + piece.length);
    at += piece.length;
    copied = at;
    changed = true;
  }
  if (!changed) return undefined;
  builder.copy(text, copied, text.length);
  return builder.build();
}

/** How the characters at a place read, where that differs from what they are. */
function foldAt(text: string, at: number): { reads: string; length: number } | undefined {
  const code = text.charCodeAt(at);
  if (code === 38) return entityAt(text, at);
  if (code === 37) return percentAt(text, at);
  if (code < 128 || FOLDS[code] !== 1) return undefined;
  const codePoint = text.codePointAt(at) ?? code;
  if (codePoint >= 0xd800 && codePoint < 0xe000) return undefined;
  const reads = foldCodePoint(codePoint);
  return reads === undefined ? undefined : { reads, length: codePoint > 0xffff ? 2 : 1 };
}

function entityAt(text: string, at: number): { reads: string; length: number } | undefined {
  ENTITY.lastIndex = at;
  const match = ENTITY.exec(text);
  if (match === null) return undefined;
  const [whole, decimal, hexadecimal, name] = match;
  const reads = name === undefined ? numericEntity(decimal, hexadecimal) : NAMED_ENTITIES.get(name);
  return reads === undefined ? undefined : { reads, length: whole.length };
}

function numericEntity(decimal: string | undefined, hexadecimal: string | undefined): string | undefined {
  const codePoint = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  if (!(codePoint > 0 && codePoint <= 0x10ffff) || (codePoint >= 0xd800 && codePoint < 0xe000))
    return undefined;
  if (codePoint < 128) return String.fromCodePoint(codePoint);
  return foldCodePoint(codePoint) ?? String.fromCodePoint(codePoint);
}

function percentAt(text: string, at: number): { reads: string; length: number } | undefined {
  PERCENT.lastIndex = at;
  const match = PERCENT.exec(text);
  if (match === null) return undefined;
  const code = Number.parseInt(match[1] ?? '', 16);
  return code === 127 ? undefined : { reads: String.fromCharCode(code), length: 3 };
}
