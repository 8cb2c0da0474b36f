import fc from 'fast-check';
import {
  compileProgram,
  LinearSearch,
  RedactionPatternError,
  SetSearch,
} from '../../../../server/domain/redaction/index.ts';
import { seededRandom } from '../../../support/identifiers.ts';
import { SEED } from '../../../support/seed.ts';

const PLENTY = 1_000_000;

function oneByOne(patterns: readonly string[], text: string): number[] {
  return patterns.flatMap((pattern, index) => {
    const search = new LinearSearch(compileProgram(pattern, ''));
    return search.find(text, 0, { left: PLENTY }) === 'found' ? [index] : [];
  });
}

const together = (patterns: readonly string[]) =>
  new SetSearch(patterns.map((pattern) => compileProgram(pattern, '')));

const atom = fc.constantFrom(
  'a',
  'b',
  'A',
  '\\d',
  '\\w',
  '\\W',
  '.',
  '[ab7]',
  '[^a]',
  '\\.',
  '\\n',
  '\\s',
  '(?i:ab)',
);
const edge = fc.constantFrom('', '', '', '^', '$', '\\b', '\\B', '(?m:^)', '(?m:$)');
const piece = fc
  .tuple(edge, atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}'))
  .map((parts) => parts.join(''));
const pattern = fc
  .oneof(
    fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    fc.tuple(piece, piece, piece).map(([one, two, three]) => `(${one}|${two})${three}`),
  )
  .filter((text) => {
    try {
      compileProgram(text, '');
      return true;
    } catch (error) {
      if (error instanceof RedactionPatternError) return false;
      throw error;
    }
  });
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', 'B', '7', ' ', '.', '\n', '_', '-'),
  maxLength: 12,
});

describe(`several patterns in one pass (seed ${SEED})`, () => {
  it('finds what each of them finds for itself', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 5 }),
        fc.array(text, { minLength: 1, maxLength: 8 }),
        (patterns, texts) => {
          const search = together(patterns);
          for (const one of texts) {
            expect([one, search.find(one)?.toSorted()]).toEqual([one, oneByOne(patterns, one)]);
          }
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('says of a text beyond ASCII that it is not for it', () => {
    expect(together(['a']).find('aå')).toBeUndefined();
  });

  it('begins anew when it has come to too many states, and finds the same', () => {
    const search = together(['a.{12}b']);
    const random = seededRandom(SEED);
    const letters = (length: number) => Array.from({ length }, () => (random() < 0.5 ? 'a' : 'b')).join('');
    const texts = Array.from({ length: 400 }, () => letters(16));
    const right = texts.map((one) => /a.{12}b/.test(one));
    for (let round = 0; round < 3; round++) {
      expect(texts.map((one) => search.find(one)?.length === 1)).toEqual(right);
    }
    expect(new Set(right).size).toBe(2);
  });
});
