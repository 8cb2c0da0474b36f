import fc from 'fast-check';
import { segmentsOf } from '../../../console/scenes/redaction/highlight.ts';
import {
  exportRules,
  inOrder,
  movesFor,
  parseRules,
  planImport,
} from '../../../console/scenes/redaction/rule-transfer.ts';
import { draftOf, fieldOf, valuesOf } from '../../../console/scenes/redaction/rule-values.ts';
import type { WireRedactionRule } from '../../../shared/protocol/index.ts';

const SEED = 20260105;

function rule(id: string, over: Partial<WireRedactionRule> = {}): WireRedactionRule {
  return {
    id,
    name: `Rule ${id}`,
    pattern: 'X\\d+',
    flags: 'i',
    replacement: '█',
    scope: { from: ['visitor'], places: ['message'] },
    enabled: true,
    order: 1,
    digitWords: false,
    examples: { match: ['X1'], noMatch: [] },
    createdAt: '2026-01-05T00:00:00.000Z',
    updatedAt: '2026-01-05T00:00:00.000Z',
    ...over,
  };
}

describe('rules in the editor and in files', () => {
  it.each([
    rule('a'),
    rule('b', { check: 'luhn', replacement: { keepLast: 4, mask: '*' }, flags: 'ims' }),
    rule('c', { examples: { match: ['one', 'two'], noMatch: ['three'] }, digitWords: true, enabled: false }),
  ])('rule $id is the same after a visit to the editor', (original) => {
    const { id, createdAt, updatedAt, check, ...rest } = original;
    expect(draftOf(valuesOf(original))).toEqual({ ...rest, check: check ?? null });
  });

  it('what is exported changes what is there, by built-in key or by name, and makes the rest', () => {
    const builtin = rule('a', { builtin: 'payment-card', name: 'Cards' });
    const own = rule('b', { order: 2, check: 'luhn' });
    const file = parseRules(exportRules([own, builtin]));
    const there = rule('x', { builtin: 'payment-card', name: 'Renamed' });
    const plan = planImport(file, [there]);
    expect(plan).toMatchObject([
      { kind: 'change', id: 'x', rule: { name: 'Cards', check: null } },
      { kind: 'create', rule: { name: 'Rule b', check: 'luhn' } },
    ]);
    expect(plan.every((step) => !('builtin' in step.rule))).toBe(true);
  });

  it.each([
    ['{', 'not JSON'],
    ['{"name": "a"}', 'a list of rules'],
    ['[{"name": "a"}]', 'Rule 1'],
    ['[{"name": "a", "pattern": "b"}, 7]', 'Rule 2'],
  ])('a file such as %s is refused with the reason', (text, reason) => {
    expect(() => parseRules(text)).toThrow(reason);
  });

  it(`moving a rule by one place changes nothing else in the order (seed ${SEED})`, () => {
    const orders = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(orders, fc.nat(), fc.constantFrom(-1 as const, 1 as const), (numbers, pick, by) => {
        const rules = numbers.map((order, index) =>
          rule(`r${index}`, { order, createdAt: `2026-01-0${index + 1}T00:00:00.000Z` }),
        );
        const before = inOrder(rules).map(({ id }) => id);
        const at = pick % before.length;
        const moves = new Map(movesFor(rules, before[at] ?? '', by).map(({ id, order }) => [id, order]));
        const after = inOrder(rules.map((r) => ({ ...r, order: moves.get(r.id) ?? r.order })));
        const expected = [...before];
        if (at + by >= 0 && at + by < before.length) {
          [expected[at], expected[at + by]] = [before[at + by] ?? '', before[at] ?? ''];
        }
        expect(after.map(({ id }) => id)).toEqual(expected);
      }),
      { seed: SEED },
    );
  });

  it(`a highlighted text is the whole text, once (seed ${SEED})`, () => {
    const match = fc.record({ ruleId: fc.constantFrom('a', 'b'), start: fc.nat(30), end: fc.nat(30) });
    fc.assert(
      fc.property(fc.string({ maxLength: 25 }), fc.array(match, { maxLength: 5 }), (text, matches) => {
        const segments = segmentsOf(text, matches);
        expect(segments.map((segment) => segment.text).join('')).toBe(text);
      }),
      { seed: SEED },
    );
  });

  it.each([
    ['pattern', 'pattern'],
    ['rules.0.pattern', 'pattern'],
    ['examples.match.2', 'match'],
    ['examples.noMatch.0', 'noMatch'],
    ['scope.places', 'places'],
    ['replacement.keepLast', 'keepLast'],
    ['replacement', 'replacement'],
  ])('a fault at %s is shown at the field %s', (path, field) => {
    expect(fieldOf(path)).toBe(field);
  });
});
