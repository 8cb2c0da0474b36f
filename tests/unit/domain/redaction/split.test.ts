import {
  BUILTIN_RULES,
  compileRuleSet,
  findSplitMatches,
} from '../../../../server/domain/redaction/index.ts';
import { ALL_BUILTIN, builtinAsRule, WHERE } from './support.ts';

const DEFAULTS = compileRuleSet(BUILTIN_RULES.filter((rule) => rule.enabledByDefault).map(builtinAsRule));
const EVERYTHING = compileRuleSet(ALL_BUILTIN);
const WORDS = compileRuleSet(
  BUILTIN_RULES.filter(({ key }) => key === 'payment-card').map((rule) => ({
    ...builtinAsRule(rule),
    digitWords: true,
  })),
);

const joined = (parts: readonly string[], rules = DEFAULTS) =>
  findSplitMatches(rules, parts.slice(0, -1), parts.at(-1) ?? '', WHERE)?.texts;

describe('a number over several messages', () => {
  it.each<[parts: string[], left: (string | undefined)[]]>([
    [
      ['my number is 811218', '-9876'],
      ['my number is ████', '████'],
    ],
    [
      ['19811218', '9876 thanks'],
      ['████', '████ thanks'],
    ],
    [
      ['8112', '18-98', '76'],
      ['████', '████', '████'],
    ],
    [
      ['4242 4242', '4242 4242'],
      ['████', '████'],
    ],
    [
      ['card: 4242-4242-', '4242', '-4242.'],
      ['card: ████', '████', '████.'],
    ],
    // Each part in a disguise of its own.
    [
      ['８１１２１８', '-98\u200b76'],
      ['████', '████'],
    ],
    [
      ['811218', '９８７６'],
      ['████', '████'],
    ],
    [
      ['4\u200b2\u200b4\u200b2 4242', '&#52;242', '４２４２'],
      ['████', '████', '████'],
    ],
    [
      ['٤٢٤٢ 4242', '4242 𝟒𝟐𝟒𝟐'],
      ['████', '████'],
    ],
    // A part before those that belong together stays as it is.
    [
      ['thanks', '811218', '9876'],
      [undefined, '████', '████'],
    ],
  ])('is taken out of %j', (parts, left) => {
    expect(joined(parts)).toEqual(left);
  });

  it('is taken out of words for digits where a rule asks for it', () => {
    const parts = ['four two four two 4242', 'fyra två fyra två', '4242'];
    expect(joined(parts, WORDS)).toEqual(['████', '████', '████']);
    expect(joined(parts)).toBeUndefined();
  });

  it.each([
    [['order 811218', 'room 9876']],
    [['811218', '9875']],
    [['I paid 4242', 'for 4242 4242 pieces of 4242']],
    [['2026-11-27', '14:30', 'table for 4']],
    [['order 20261127-1', 'and 20261127-2']],
    [['call me on 070', '1740605']],
    [['12', '34', '56']],
    [['811218', '', '9876'].slice(0, 2)],
    [['4111 1111 1111 111', 'two']],
  ])('is not read into %j', (parts) => {
    expect(joined(parts, EVERYTHING)).toBeUndefined();
  });

  it('needs something of the new message: what stood there before was looked at when it came', () => {
    expect(joined(['811218', '-9876', 'hello'])).toBeUndefined();
  });

  it('looks no further back than two messages', () => {
    expect(joined(['8112', '18', '98', '76'])).toBeUndefined();
  });
});
