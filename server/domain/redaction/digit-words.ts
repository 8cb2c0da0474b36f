import type { TextView } from './normalise.ts';

/** Words for the digits in English, Swedish, Norwegian, Danish, German, French and Spanish, and Chinese numerals. */
const WORDS: ReadonlyMap<string, string> = new Map(
  [
    ['0', '〇 零 zero oh nought nil noll null nul zéro cero'],
    ['1', '一 one ett en én et eins ein un une uno una'],
    ['2', '二 two två tva to zwei zwo deux dos'],
    ['3', '三 three tre drei trois tres'],
    ['4', '四 four fyra fire vier quatre cuatro'],
    ['5', '五 five fem fünf fuenf cinq cinco'],
    ['6', '六 six sex seks sechs seis'],
    ['7', '七 seven sju syv sieben sept siete'],
    ['8', '八 eight åtta atta åtte otte acht huit ocho'],
    ['9', '九 nine nio ni neun neuf nueve'],
  ].flatMap(([digit, words]) => (words ?? '').split(' ').map((word) => [word, digit ?? ''] as const)),
);

/** Chinese is written without spaces, so each of its characters is looked at alone. */
const WORD_OR_DIGIT = /\p{Script=Han}|(?:(?!\p{Script=Han})\p{L})+|\d/gu;

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
