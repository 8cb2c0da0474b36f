import type { CompiledRule, Mask } from './compile.ts';
import type { Span } from './redact.ts';

/** A part of the original text that is taken out. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly rule: number;
  /** Made of several matches, or never searched: then nothing of it is kept. */
  readonly joined: boolean;
}

/** A piece and where its replacement stands in the output. */
interface Placed {
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
}

/** The parts to take out of one text, grown pass by pass; offsets are those of the original throughout. */
export class Pieces {
  list: readonly Piece[] = [];
  readonly #text: string;
  readonly #rules: readonly CompiledRule[];
  #placed: readonly Placed[] = [];

  constructor(text: string, rules: readonly CompiledRule[]) {
    this.#text = text;
    this.#rules = rules;
  }

  /** Adds matches found in the last output, or in the original before the first. */
  add(spans: readonly Span[]): void {
    const sorted = this.list.slice();
    for (const span of spans) sorted.push(this.#inOriginal(span));
    sorted.sort((a, b) => a.start - b.start || a.end - b.end);
    const merged: Piece[] = [];
    for (const piece of sorted) {
      const last = merged[merged.length - 1];
      if (last === undefined || piece.start >= last.end) merged.push(piece);
      else merged[merged.length - 1] = join(last, piece, this.list.length === 0);
    }
    this.list = merged;
  }

  /** Takes everything. */
  takeAll(): void {
    this.list = [{ start: 0, end: this.#text.length, rule: this.list[0]?.rule ?? 0, joined: true }];
  }

  /** The text with every piece replaced. */
  render(): string {
    let output = '';
    let copied = 0;
    const placed: Placed[] = [];
    for (const piece of this.list) {
      output += this.#text.slice(copied, piece.start);
      const start = output.length;
      output += replacementOf(this.#text, piece, this.#rules[piece.rule]?.mask);
      placed.push({ piece, start, end: output.length });
      copied = piece.end;
    }
    this.#placed = placed;
    return output + this.#text.slice(copied);
  }

  /** A match in the output, in the original's offsets; what touches a replacement takes its whole piece. */
  #inOriginal(span: Span): Piece {
    const { rule, unsearched: joined } = span;
    if (this.#placed.length === 0) return { start: span.start, end: span.end, rule, joined };
    const after = this.#firstEndingAfter(span.start);
    const before = this.#lastStartingBefore(span.end);
    const start = this.#shift(span.start, after, 'start');
    const end = this.#shift(span.end, before, 'end');
    return { start, end, rule, joined };
  }

  #shift(at: number, index: number, side: 'start' | 'end'): number {
    const placed = this.#placed[index];
    const inside = placed !== undefined && (side === 'start' ? placed.start <= at : placed.end >= at);
    if (placed !== undefined && inside && placed.end > placed.start) return placed.piece[side];
    const previous = this.#placed[side === 'start' ? index - 1 : index];
    return previous === undefined ? at : at - previous.end + previous.piece.end;
  }

  #firstEndingAfter(at: number): number {
    let low = 0;
    for (let high = this.#placed.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.#placed[middle]?.end ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #lastStartingBefore(at: number): number {
    let low = 0;
    for (let high = this.#placed.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.#placed[middle]?.start ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Matches of one rule in two views of the same text are one match; anything else makes a joined piece. */
function join(a: Piece, b: Piece, firstPass: boolean): Piece {
  const sameMatch = firstPass && a.rule === b.rule && !a.joined && !b.joined;
  return { start: a.start, end: Math.max(a.end, b.end), rule: Math.min(a.rule, b.rule), joined: !sameMatch };
}

function replacementOf(text: string, piece: Piece, mask: Mask | undefined): string {
  if (mask === undefined) return '';
  if (mask.kept === 0 || piece.joined) return mask.text;
  const characters = [...text.slice(piece.start, piece.end)];
  const kept = Math.min(mask.kept, Math.floor(characters.length / 3));
  return kept === 0 ? mask.text : mask.text + characters.slice(-kept).join('');
}
