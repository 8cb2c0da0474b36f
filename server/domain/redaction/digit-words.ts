import type { TextView } from './normalise.ts';

/** Words for the digits in English, Swedish, Norwegian, Danish, German, French and Spanish. */
const WORDS: ReadonlyMap<string, string> = new Map(
  [
    ['0', 'zero oh nought nil noll null nul zéro cero'],
    ['1', 'one ett en én et eins ein un une uno una'],
    ['2', 'two två tva to zwei zwo deux dos'],
    ['3', 'three tre drei trois tres'],
    ['4', 'four fyra fire vier quatre cuatro'],
    ['5', 'five fem fünf fuenf cinq cinco'],
    ['6', 'six sex seks sechs seis'],
    ['7', 'seven sju syv sieben sept siete'],
    ['8', 'eight åtta atta åtte otte acht huit ocho'],
    ['9', 'nine nio ni neun neuf nueve'],
  ].flatMap(([digit, words]) => (words ?? '').split(' ').map((word) => [word, digit ?? ''] as const)),
);

const WORD_OR_DIGIT = /\p{L}+|\d/gu;

/** A view in which words for digits read as digits; undefined when the text has none. */
export function readDigitWords(text: string): TextView | undefined {
  let view = '';
  let copied = 0;
  const starts: number[] = [];
  const ends: number[] = [];
  const copy = (to: number): void => {
    for (let at = copied; at < to; at++) {
      starts.push(at);
      ends.push(at + 1);
    }
    view += text.slice(copied, to);
  };
  for (const { 0: word, index } of text.matchAll(WORD_OR_DIGIT)) {
    const digit = WORDS.get(word.toLowerCase());
    if (digit === undefined) continue;
    copy(index);
    starts.push(index);
    ends.push(index + word.length);
    view += digit;
    copied = index + word.length;
  }
  if (copied === 0) return undefined;
  copy(text.length);
  return { text: view, origin: { starts: Int32Array.from(starts), ends: Int32Array.from(ends) } };
}
