/**
 * How single characters read when someone hides a number or an address in look-alikes.
 * Sources: Unicode Character Database (general categories Nd, No, Zs, Pd, Cf, Mn, Me), Unicode Normalization
 * Form KC (UAX #15) and, for letters, a small part of the confusables of UTS #39.
 */

const DROPPED = /^[\p{Cf}\p{Mn}\p{Me}\p{Variation_Selector}\u115F\u1160\u3164\uFFA0]$/u;
const DIGIT = /^\p{Nd}$/u;
const SPACE = /^[\p{Z}\u0085\u2800]$/u;
const DASH = /^[\p{Pd}\u2212\u2043\u02D7\u2500\u2501\u2796]$/u;
const ENCLOSED_NUMBER = /^[(]?(\d{1,2})[).,]?$/;
const ASCII = /^[\x20-\x7e]+$/;

/** Circled digits that have no compatibility decomposition: first code point, and the number it shows. */
const CIRCLED: readonly (readonly [firstCodePoint: number, firstNumber: number, count: number])[] = [
  [0x24eb, 11, 10],
  [0x24f5, 1, 10],
  [0x24ff, 0, 1],
  [0x2776, 1, 10],
  [0x2780, 1, 10],
  [0x278a, 1, 10],
  [0x1f10b, 0, 1],
  [0x1f10c, 0, 1],
];

const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Cyrillic and Greek capitals and small letters drawn like Latin ones.
    А: 'A',
    В: 'B',
    Е: 'E',
    К: 'K',
    М: 'M',
    Н: 'H',
    О: 'O',
    З: '3',
    Ӡ: '3',
    Ʒ: '3',
    Р: 'P',
    С: 'C',
    Т: 'T',
    Х: 'X',
    І: 'I',
    Ј: 'J',
    Ѕ: 'S',
    У: 'Y',
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'i',
    ј: 'j',
    ѕ: 's',
    ԁ: 'd',
    ԛ: 'q',
    ԝ: 'w',
    һ: 'h',
    ӏ: 'l',
    Ӏ: 'l',
    Α: 'A',
    Β: 'B',
    Ε: 'E',
    Ζ: 'Z',
    Η: 'H',
    Ι: 'I',
    Κ: 'K',
    Μ: 'M',
    Ν: 'N',
    Ο: 'O',
    Ρ: 'P',
    Τ: 'T',
    Υ: 'Y',
    Χ: 'X',
    ο: 'o',
    // Dots, strokes and stars that stand for '.', '/', '|' and '*'.
    '。': '.',
    '｡': '.',
    '·': '.',
    '•': '.',
    '‧': '.',
    '∙': '.',
    '⋅': '.',
    '・': '.',
    '⁄': '/',
    '∕': '/',
    '╱': '/',
    '∗': '*',
    '⁎': '*',
    '★': '*',
    '✱': '*',
  }),
);

/**
 * What a code point beyond ASCII reads as: ASCII text, the empty string when it is invisible or combining,
 * or undefined when it stays as it is.
 */
export function foldCodePoint(codePoint: number): string | undefined {
  const character = String.fromCodePoint(codePoint);
  if (DROPPED.test(character)) return '';
  const known = LOOK_ALIKES.get(character) ?? circledNumber(codePoint);
  if (known !== undefined) return known;
  if (SPACE.test(character)) return ' ';
  if (DASH.test(character)) return '-';
  return compatible(character) ?? (DIGIT.test(character) ? decimalValue(codePoint) : undefined);
}

function circledNumber(codePoint: number): string | undefined {
  for (const [first, firstNumber, count] of CIRCLED) {
    if (codePoint >= first && codePoint < first + count) return String(firstNumber + codePoint - first);
  }
  return undefined;
}

function compatible(character: string): string | undefined {
  const plain = character.normalize('NFKC');
  if (plain === character || !ASCII.test(plain)) return undefined;
  return ENCLOSED_NUMBER.exec(plain)?.[1] ?? plain;
}

/** Decimal digits stand in runs of ten that begin with zero (Unicode Standard, chapter 4.6). */
function decimalValue(codePoint: number): string {
  let first = codePoint;
  while (first > 0 && DIGIT.test(String.fromCodePoint(first - 1))) first--;
  return String((codePoint - first) % 10);
}

/** Ideographs and Hangul syllables, which never fold; left out to keep the table quick to build. */
const isIdeograph = (code: number): boolean =>
  (code >= 0x3400 && code < 0xa000) || (code >= 0xac00 && code < 0xd800) || (code >= 0xe000 && code < 0xf900);

/** High surrogates of the blocks with styled letters and digits; those of plain emoji are not among them. */
const isFoldingSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xdc00 && code !== 0xd83d;

function buildTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let code = 128; code < 0x10000; code++) {
    if (isIdeograph(code) || (code >= 0xdc00 && code < 0xe000)) continue;
    const folds =
      code >= 0xd800 && code < 0xdc00 ? isFoldingSurrogate(code) : foldCodePoint(code) !== undefined;
    if (folds) table[code] = 1;
  }
  return table;
}

/** By UTF-16 unit: 1 where a text needs `normalise` before it is matched. */
export const FOLDS: Readonly<Uint8Array> = buildTable();
