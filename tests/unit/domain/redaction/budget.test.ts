import { budgetFor } from '../../../../server/domain/redaction/compile.ts';
import { compileRuleSet, type RedactionRule, redactText } from '../../../../server/domain/redaction/index.ts';
import { findSpans } from '../../../../server/domain/redaction/redact.ts';
import { redact, ruleOf, WHERE } from './support.ts';

const HOSTILE = ['.{1,20}x', '(?:\\w+\\s?)+!', '[ab]*a[ab]{40}c', '(.*)(.*)(.*)y', 'a(?:.*b)?'];
const TEXT = `${'a'.repeat(3_990)} 1 !xycb`;

const repeated = (patterns: readonly string[], count: number): RedactionRule[] =>
  Array.from({ length: count }, (_, index) =>
    ruleOf(patterns[index % patterns.length] ?? '', { id: `r${index}` }),
  );

/** Steps that the first search of a text takes of what all rules together may spend. */
function spent(rules: readonly RedactionRule[], text: string): { steps: number; allowed: number } {
  const active = compileRuleSet(rules).byWhere[0];
  if (active === undefined) throw new Error('no rules');
  const budget = budgetFor(text.length);
  const allowed = budget.left;
  findSpans(active, text, budget);
  return { steps: allowed - budget.left, allowed };
}

describe('the step budget of a rule set', () => {
  it('bounds a hundred hostile patterns on four thousand characters', () => {
    const { steps, allowed } = spent(repeated(HOSTILE, 100), TEXT);
    expect(allowed).toBeLessThan(1_000_000);
    // The pattern that runs out may finish the steps of one character.
    expect(steps).toBeLessThan(allowed + 2_000);
  });

  it('grows with the length of the text and not with the number of rules', () => {
    const { steps } = spent(repeated(HOSTILE, 200), TEXT.repeat(2));
    expect(steps).toBeLessThan(1_400_000);
  });

  it('masks the whole text when a rule had no steps left to search it', () => {
    const { text, matches } = redact(repeated(HOSTILE, 100), TEXT);
    expect(text).toBe('\u2588\u2588\u2588\u2588');
    expect(matches).toEqual([{ ruleId: 'r0', start: 0, end: TEXT.length }]);
  });

  it('is shared by texts that come together: the values of a form cost no more than one long text', () => {
    const ruleSet = compileRuleSet(repeated(['[ab]*a[ab]{40}c'], 10));
    const value = `c${'a'.repeat(499)}`;
    const values = Array.from({ length: 30 }, () => value);
    const budget = budgetFor(values.join('').length);
    const allowed = budget.left;
    const kept = values.map((value) => redactText(ruleSet, value, WHERE, budget).text);
    expect(allowed - budget.left).toBeLessThan(allowed + 2_000);
    expect(budget.left).toBeLessThanOrEqual(0);
    // What came when nothing was left could not be looked into.
    expect(kept.at(-1)).toBe('████');
    expect([kept[0], redactText(ruleSet, value, WHERE).text]).toEqual([value, value]);
  });

  it('keeps no end of what was not searched', () => {
    const rule = ruleOf('a(?:.*b)?', { replacement: { keepLast: 4, mask: '\u2588' } });
    expect(redact([rule], `${'a'.repeat(20_000)} tail`).text).not.toMatch(/[tail]/);
  });

  it('is idempotent after running out', () => {
    const rules = repeated(HOSTILE, 100);
    const once = redact(rules, TEXT).text;
    expect(redact(rules, once)).toEqual({ text: once, count: 0, matches: [] });
  });

  it('leaves a hundred ordinary patterns room to spare', () => {
    const ordinary = repeated(
      ['\\b\\d{5}\\b', '\\bREF-?\\d+', '[A-Z]{2}\\d{4}', '\\w+@\\w+', 'case:? \\w+'],
      100,
    );
    const message =
      'Hello, my case XY12 from 2024 about order 4711 is open; mail me a reply at anna@example please. ';
    for (const text of [message, message.repeat(40)]) {
      const { steps, allowed } = spent(ordinary, text);
      expect(steps).toBeLessThan(0.75 * allowed);
    }
  });

  it('lets each pattern alone spend no more than its own part', () => {
    const { steps, allowed } = spent([ruleOf('.{1,20}x')], TEXT);
    expect(steps).toBeLessThan(allowed / 2);
  });
});
