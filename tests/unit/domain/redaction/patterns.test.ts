import { RE2JS } from 're2js';
import {
  compileRule,
  type PatternFault,
  RedactionPatternError,
  type RedactionRule,
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
  it.each<[string, PatternFault, number]>([
    ['ab(?=c)', 'look-around', 2],
    ['(?!x)y', 'look-around', 0],
    ['a(?<=a)b', 'look-around', 1],
    ['(?<!a)b', 'look-around', 0],
    ['\\(?=x(?=y)', 'look-around', 5],
    ['(a)b\\1', 'back-reference', 4],
    ['(?<n>a)\\k<n>', 'back-reference', 7],
    ["(?<n>a)\\k'n'", 'back-reference', 7],
    ['(?P<n>a)(?P=n)', 'back-reference', 8],
    ['(a)\\g1', 'back-reference', 3],
    ['(a)\\g{-1}', 'back-reference', 3],
    ['(a)(?1)', 'recursion', 3],
    ['a(?R)?', 'recursion', 1],
    ['(?P<n>a)(?&n)', 'recursion', 8],
    ['(?P<n>a)(?P>n)', 'recursion', 8],
    ['(?<n>a)\\g<n>', 'recursion', 7],
    ['(a)(?(1)b|c)', 'conditional', 3],
    ['(?>a)b', 'possessive-or-atomic', 0],
    ['xa++', 'possessive-or-atomic', 2],
    ['\\d*+', 'possessive-or-atomic', 2],
    ['a?+', 'possessive-or-atomic', 1],
    ['a{2,}+', 'possessive-or-atomic', 1],
    ['a**', 'syntax', 1],
    ['a\\Z', 'syntax', 1],
    ['x\\Ky', 'syntax', 1],
    ['\\h+', 'syntax', 0],
    ['(?|a|b)', 'syntax', 0],
    ['a{1000}{1000}', 'syntax', 1],
    ['(a{1000}){1000}', 'too-costly', 2],
    ['((a{10}){100}){9}', 'too-costly', 8],
    ['[abc', 'syntax', 0],
    ['(a(b)', 'syntax', 0],
    ['(ab))c', 'syntax', 4],
    ['ab\\', 'syntax', 2],
    ['x[z-a]', 'syntax', 2],
    ['(?<n>a)(?<n>b)', 'syntax', 10],
    ['a*', 'matches-empty', 0],
    ['^', 'matches-empty', 0],
    ['$', 'matches-empty', 0],
    ['\\b', 'matches-empty', 0],
    ['x|', 'matches-empty', 0],
    ['(?:)+', 'matches-empty', 0],
    ['(a|b?){0,3}', 'matches-empty', 0],
    ['(?:[ab]{100}){9}', 'too-costly', 7],
    ['.{1,200}x', 'too-costly', 1],
    ['.{1,60}x', 'too-costly', 1],
    ['a'.repeat(1001), 'too-long', 1000],
  ])('refuses %s', (pattern, reason, position) => {
    const fault = faultOf(pattern);
    expect([fault.reason, fault.position]).toEqual([reason, position]);
  });

  it.each([
    ['x', 0],
    ['iy', 1],
    ['I', 0],
    ['i m', 1],
  ])('refuses the flags %j', (flags, position) => {
    expect(faultOf('a', flags)).toMatchObject({ reason: 'flags', position });
  });

  it.each([
    '\\cA',
    '\\u00e5',
    '\\u{1F600}',
    '\\z',
    '\\pL',
    '\\Q\\K\\E',
    '[\\K]',
    '\\+\\+',
    'a+\\+',
    '\\\\Kx',
    '[*+]+',
  ])('takes %s for what it is', (pattern) => {
    expect(() => compileRule(ruleOf(`x${pattern}`))).not.toThrow();
  });

  it('never repeats the pattern in the message', () => {
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

  it('takes the signs of a replacement as they are, and keeps no more than a third of a match', () => {
    const mask = (replacement: RedactionRule['replacement'], text = 'a 123456 b') =>
      redacted([ruleOf('\\d+', { replacement })], text);
    for (const signs of ['$1', '$&', '\\1', '$$', "$'"]) expect(mask(signs)).toBe(`a ${signs} b`);
    expect(mask({ keepLast: 4, mask: '*' })).toBe('a ****56 b');
    expect(mask({ keepLast: 8, mask: '*' }, 'a 12 b')).toBe('a **** b');
    expect(mask({ keepLast: 2, mask: '[x]' }, 'a 123456')).toBe('a [x]56');
    expect(mask({ keepLast: 0, mask: '*' })).toBe('a **** b');
    expect(mask('')).toBe('a  b');
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
