import { RE2JS } from 're2js';
import {
  compileRule,
  type PatternFault,
  RedactionPatternError,
} from '../../../../server/domain/redaction/index.ts';
import { compileProgram, OP } from '../../../../server/domain/redaction/program.ts';
import { LinearSearch } from '../../../../server/domain/redaction/search.ts';
import { redact, redacted, ruleOf } from './support.ts';

function faultOf(pattern: string, flags = ''): RedactionPatternError {
  try {
    compileRule(ruleOf(pattern, { flags }));
  } catch (error) {
    if (error instanceof RedactionPatternError) return error;
  }
  throw new Error('was not refused');
}

describe('what a pattern may be', () => {
  it.each<[string, PatternFault, number | undefined]>([
    ['ab(?=c)', 'look-around', 2],
    ['(?!x)y', 'look-around', 0],
    ['a(?<=a)b', 'look-around', 1],
    ['(?<!a)b', 'look-around', 0],
    ['(a)b\\1', 'back-reference', 4],
    ['(?<n>a)\\k<n>', 'back-reference', 7],
    ['(?>a)b', 'possessive-or-atomic', 0],
    ['a{1000}{1000}', 'syntax', 1],
    ['[abc', 'syntax', 0],
    ['(ab', 'syntax', undefined],
    ['a*', 'matches-empty', undefined],
    ['\\b', 'matches-empty', undefined],
    ['x|', 'matches-empty', undefined],
    ['(?:[ab]{100}){9}', 'too-costly', undefined],
    ['.{1,200}x', 'too-costly', undefined],
    ['.{1,60}x', 'too-costly', undefined],
    ['a'.repeat(1001), 'too-long', undefined],
  ])('refuses %s', (pattern, reason, position) => {
    const fault = faultOf(pattern);
    expect(fault.reason).toBe(reason);
    if (position !== undefined) expect(fault.position).toBe(position);
  });

  it('refuses an unknown flag, and never repeats the pattern in the message', () => {
    expect(faultOf('a', 'x').reason).toBe('flags');
    expect(faultOf('secret(?=word)').message).not.toContain('secret');
  });

  it('accepts long lists of words and long repeats behind a word', () => {
    const words = Array.from({ length: 60 }, (_, index) => `project${index}x`).join('|');
    expect(
      redacted([ruleOf(`\\b(?:${words})\\b`)], `is project17x secret? ${'plain text '.repeat(300)}`),
    ).toContain('is ████ sec');
    expect(redacted([ruleOf('key=\\S{3,64}')], 'my key=abc123 ok')).toBe('my ████ ok');
  });

  it('takes signs of look-around where they are ordinary characters', () => {
    expect(redacted([ruleOf('[(?=]x')], 'a?xb')).toBe('a████b');
    expect(redacted([ruleOf('\\Q(?=\\E')], 'a(?=b')).toBe('a████b');
  });

  it('understands spellings of JavaScript', () => {
    expect(redacted([ruleOf('(?<year>\\d{4})\\/\\u00e5')], 'x 2024/å y')).toBe('x ████ y');
  });

  it('refuses replacements that are too long or keep too much', () => {
    expect(() => compileRule(ruleOf('a', { replacement: 'x'.repeat(41) }))).toThrow(RedactionPatternError);
    expect(() => compileRule(ruleOf('a', { replacement: { keepLast: 9, mask: '█' } }))).toThrow(
      RedactionPatternError,
    );
  });
});

describe('the search', () => {
  it('knows the instruction codes of the installed re2js', () => {
    const codes = (pattern: string): number[] =>
      (RE2JS.compile(pattern).re2().prog.inst as { op: number }[]).map(({ op }) => op);
    expect(codes('(a)')).toEqual([OP.fail, OP.capture, 9, OP.capture, OP.match]);
    expect(codes('\\bx*')).toContain(OP.emptyWidth);
    expect(codes('\\bx*').some((op) => op === OP.alternative || op === OP.alternativeMatch)).toBe(true);
    expect(codes('(?s)[ab].')).toEqual(expect.arrayContaining([OP.firstRune, 10]));
  });

  it.each([
    ['a|ab', 'xab'],
    ['ab|a', 'xab'],
    ['a.*?b', 'a1b2b'],
    ['a.*b', 'a1b2b'],
    ['\\bfoo\\b', 'afoo foo foob'],
    ['(?m)^x$', 'y\nx\nxx'],
    ['(?i)straße|k', 'STRASSE \u212a'],
    ['[^a]', 'aa😀a'],
    ['(a+)+b', 'aaaaab aab'],
    ['x{2,3}?', 'xxxxxxx'],
    ['😀+', 'x😀😀y'],
    ['(?U)a+', 'aaa'],
  ])('finds for %s in %j what re2js finds', (pattern, text) => {
    const search = new LinearSearch(compileProgram(pattern, ''));
    const found: [number, number][] = [];
    for (let from = 0; search.find(text, from, { left: 1e6 }) === 'found'; from = search.end)
      found.push([search.start, search.end]);
    const expected = [...RE2JS.compile(pattern).matchAll(text)].map(({ 0: whole, index = 0 }) => [
      index,
      index + whole.length,
    ]);
    expect(found).toEqual(expected);
  });

  it('masks everything unsearched when a text exhausts the step budget', () => {
    const result = redact([ruleOf('a(?:.*b)?')], `${'a'.repeat(20_000)} tail`);
    expect(result.text).not.toContain('a');
    expect(result.text.length).toBeLessThan(20_000);
  });

  it('spends linear steps on hostile patterns', () => {
    for (const pattern of ['(a|a)*b', '(a*)*b', '(a|b|ab)*c', '.{1,20}x']) {
      const steps = (length: number): number => {
        const budget = { left: 1e9 };
        new LinearSearch(compileProgram(pattern, '')).find('a'.repeat(length), 0, budget);
        return 1e9 - budget.left;
      };
      expect(steps(8_000)).toBeLessThan(2.5 * steps(4_000));
    }
  });
});
