import fc from 'fast-check';
import { RE2JS } from 're2js';
import { codeEdgesOf } from '../../server/domain/redaction/code-edges.ts';
import {
  type ActiveRules,
  activeRules,
  budgetFor,
  compileRuleSet,
} from '../../server/domain/redaction/compile.ts';
import {
  compileProgram,
  LinearSearch,
  RedactionPatternError,
  type RedactionRule,
  redactText,
} from '../../server/domain/redaction/index.ts';
import { findSpans } from '../../server/domain/redaction/redact.ts';
import { DISGUISES, FRAMES, POSITIVES, seededRandom } from '../support/identifiers.ts';
import { ALL_BUILTIN, ruleOf } from '../unit/domain/redaction/support.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_007);
const WHERE = { from: 'visitor', place: 'message' } as const;
const settings = (numRuns: number) => ({ seed: SEED, numRuns });

const atom = fc.constantFrom(
  'a',
  'b',
  'k',
  's',
  '1',
  '\\d',
  '\\w',
  '\\s',
  '.',
  '[ab1]',
  '[^a]',
  '\\b',
  '^',
  '$',
  '█',
  'å',
  '-',
  '\\D',
  '(?i:k)',
  '(?i:s)',
  '@',
  '\\.',
  '\\x{1F600}',
);
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{1,3}'))
      .map(([a, q]) => `(?:${a})${q}`),
  ),
})).node;
const replacement = fc.oneof(
  fc.constantFrom('█', '*', '', '[x]', 'a', '1', 'ab'),
  fc.constantFrom({ keepLast: 3, mask: '█' }, { keepLast: 2, mask: 'a' }),
);

const value = fc
  .tuple(
    fc.nat(),
    fc.constantFrom(...Object.values(POSITIVES)),
    fc.constantFrom(...Object.values(DISGUISES)),
    fc.constantFrom(...FRAMES),
  )
  .map(([seed, make, disguise, frame]) => frame(disguise(make(seededRandom(seed)), seededRandom(seed))));
const piece = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'aab',
    '1',
    '11',
    'k',
    '\u212a',
    '\u017f',
    ' ',
    '-',
    '█',
    '████',
    '*',
    '[x]',
    '@',
    '.',
    'å',
    '😀',
    '\ud800',
    '\udc00',
    '\u0000',
    '\u200b',
    '\u202e',
    '\u202e9876-812118',
    '１',
    '&#49;',
    '%31',
    '\n',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
  value,
);
const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));

/** Compiles what compiles; a pattern that is refused must be refused in the proper way. */
function compilable(patterns: readonly [string, RedactionRule['replacement']][]): RedactionRule[] {
  return patterns.flatMap(([source, mask], index) => {
    const rule = ruleOf(source, { id: `r${index}`, replacement: mask });
    try {
      compileRuleSet([rule]);
      return [rule];
    } catch (error) {
      if (error instanceof RedactionPatternError) return [];
      throw error;
    }
  });
}

const rulesOf = fc
  .tuple(fc.array(fc.tuple(pattern, replacement), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([patterns, library]) => [...compilable(patterns), ...(library ? ALL_BUILTIN : [])]);

describe(`redaction of anything (seed ${SEED})`, () => {
  it('is idempotent, leaves nothing that a rule matches, and gives valid offsets', () => {
    fc.assert(
      fc.property(rulesOf, text, (rules, original) => {
        const ruleSet = compileRuleSet(rules);
        const once = redactText(ruleSet, original, WHERE);
        const twice = redactText(ruleSet, once.text, WHERE);
        expect(twice).toEqual({ text: once.text, count: 0, matches: [] });
        expect(once.count).toBe(once.matches.length);
        let last = 0;
        for (const { start, end, ruleId } of once.matches) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(original.length);
          expect(rules.some(({ id }) => id === ruleId)).toBe(true);
          last = end;
        }
      }),
      settings(1_500),
    );
  }, 15_000);

  it('finds with the prefilter exactly what it finds without', () => {
    fc.assert(
      fc.property(rulesOf, text, (rules, original) => {
        const active = compileRuleSet(rules).byWhere[0];
        if (active === undefined) throw new Error('no rules');
        const everything = { ...active.list[0]?.needs, minLength: 0, minDigits: 0, all: NOTHING, any: [] };
        const unfiltered = activeRules(
          active.list.map((rule) => ({ ...rule, needs: everything })),
          active.memory,
        );
        const found = (rules: ActiveRules) => findSpans(rules, original, budgetFor(original.length));
        expect(found(active)).toEqual(found(unfiltered));
      }),
      settings(1_500),
    );
  }, 15_000);
});

describe(`the search for a pattern (seed ${SEED})`, () => {
  it('finds exactly what re2js finds', () => {
    let compared = 0;
    fc.assert(
      fc.property(pattern, text, (source, original) => {
        const [rule] = compilable([[source, '█']]);
        if (rule === undefined) return;
        compared += 1;
        const search = new LinearSearch(compileProgram(source, ''));
        const found: [number, number][] = [];
        for (let from = 0; search.find(original, from, { left: 1e9 }) === 'found'; from = search.end) {
          found.push([search.start, search.end]);
        }
        const expected = [...RE2JS.compile(RE2JS.translateRegExp(source)).matchAll(original)];
        expect(found).toEqual(expected.map(({ 0: whole, index = 0 }) => [index, index + whole.length]));
      }),
      settings(1_500),
    );
    expect(compared).toBeGreaterThan(300);
  }, 15_000);
});

describe(`letters beside digits (seed ${SEED})`, () => {
  const signs = fc.constantFrom('a', 'Z', '1', '9', ' ', '.', '-', '/', '*', '_', ',', 'å', '１', '😀');

  it('are seen exactly where a pattern for codes could begin or end', () => {
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 12 }), (written) => {
        expect(codeEdgesOf(written)).toEqual({
          letterThenDigit: /[A-Za-z][ ._*/-]{0,2}\d/.test(written),
          digitThenLetter: /\d[ ._*/-]{0,2}[A-Za-z]/.test(written),
        });
      }),
      settings(3_000),
    );
  });
});

const NOTHING = { low: 0, signs: 0, capitals: 0, smalls: 0 };
