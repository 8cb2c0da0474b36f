import type { TextView } from './normalise.ts';

/** Behind it, characters are shown backwards until it is lifted or the line ends (right-to-left override; UAX #9, X5). */
const OVERRIDE = '\u202e';
const OVERRIDDEN = /\u202e([^\u202a-\u202e\u2066-\u2069\n\r]+)/g;

/** A view in which what is shown backwards reads as it is shown; undefined when nothing of the text is. */
export function readReversed(text: string): TextView | undefined {
  if (!text.includes(OVERRIDE)) return undefined;
  let view = '';
  const starts: number[] = [];
  const copy = (from: number, to: number): void => {
    for (let at = from; at < to; at++) starts.push(at);
    view += text.slice(from, to);
  };
  let copied = 0;
  for (const { 0: whole, 1: hidden = '', index } of text.matchAll(OVERRIDDEN)) {
    const end = index + whole.length;
    copy(copied, index);
    for (let at = end - 1; at >= end - hidden.length; at--) copy(at, at + 1);
    copied = end;
  }
  if (copied === 0) return undefined;
  copy(copied, text.length);
  const ends = Int32Array.from(starts, (start) => start + 1);
  return { text: view, origin: { starts: Int32Array.from(starts), ends }, shuffled: true };
}
