import {
  asRoot,
  changeAt,
  groupOf,
  treeOf,
  withFact,
  withOperator,
} from '../../../console/scenes/engagement/condition-edit.ts';
import {
  describeTree,
  factChoices,
  factOf,
  nameIn,
} from '../../../console/scenes/engagement/condition-text.ts';
import { describeRule } from '../../../console/scenes/engagement/rule-text.ts';
import {
  changeOf,
  draftOf,
  fieldOf,
  newRuleValues,
  valuesOf,
} from '../../../console/scenes/engagement/rule-values.ts';
import {
  type Condition,
  type ConditionTree,
  conditionFaults,
  FACTS,
  factEntry,
  OPERATORS_OF_TYPE,
} from '../../../shared/protocol/index.ts';
import { createEngagementRuleSchema } from '../../../shared/schemas/rest/index.ts';

const CART: Condition = { fact: 'page.path', op: 'startsWith', value: '/cart' };
const TWICE: Condition = { fact: 'visitor.visits', op: 'gte', value: 2 };
const NAMED = (fact: string): string =>
  fact.replace('<k>', 'ref').replace('<name>', 'cart').replace('<key>', 'tier');

describe('conditions in words', () => {
  it('read as a sentence, with groups in brackets', () => {
    const tree: ConditionTree = {
      all: [
        CART,
        { any: [TWICE, { fact: 'page.timeOnPageMs', op: 'gt', value: 30_000 }] },
        { not: { any: [TWICE] } },
      ],
    };
    expect(describeTree(tree)).toBe(
      'page path starts with “/cart” and (visits so far is at least 2 or time on the page is more than 30 s) and not (visits so far is at least 2)',
    );
    expect(describeTree({ all: [] })).toBe('always');
  });

  it('name every fact, once, and take its name in and out', () => {
    const offered = factChoices().flatMap(({ items }) => items.map(({ value }) => value));
    expect(offered.toSorted()).toEqual(FACTS.map(({ fact }) => fact as string).toSorted());
    for (const entry of FACTS) {
      const fact = factOf(entry, nameIn(NAMED(entry.fact), entry));
      expect(fact).toBe(NAMED(entry.fact));
      expect(factEntry(fact)).toBe(entry);
    }
  });

  it('tell what a rule does, how often and for whom not', () => {
    const rule = draftOf({
      ...newRuleValues(),
      name: 'Cart',
      when: { all: [CART] },
      message: 'Can we help?',
      minScore: 20,
      maxPerDay: 3,
      holdoutPercent: 10,
    });
    expect(describeRule(rule).join(' ')).toBe(
      'When page path starts with “/cart” and the score is at least 20, the visitor is invited to a chat, provided an agent is free. At most once in a visit and 3 times a day. 10 % of the visitors get nothing, as a control group.',
    );
  });
});

describe('editing conditions', () => {
  it('reads and writes every kind of group', () => {
    for (const tree of [
      { all: [CART] },
      { any: [CART, TWICE] },
      { not: { any: [CART] } },
    ] as ConditionTree[]) {
      expect(treeOf(groupOf(tree) ?? { kind: 'all', members: [] })).toEqual(tree);
    }
    expect(groupOf(CART)).toBeUndefined();
    expect(asRoot(CART)).toEqual({ all: [CART] });
  });

  it('changes and takes out what stands at a place, and leaves the rest', () => {
    const tree: ConditionTree = { all: [CART, { not: TWICE }] };
    expect(changeAt(tree, [1, 0], () => CART)).toEqual({ all: [CART, { not: { any: [CART] } }] });
    expect(changeAt(tree, [0], () => undefined)).toEqual({ all: [{ not: TWICE }] });
    expect(changeAt(tree, [5], () => CART)).toEqual(tree);
  });

  it('keeps a condition that the server takes through any change of fact and comparison', () => {
    for (const from of FACTS) {
      for (const to of FACTS) {
        const start = withFact(CART, from, NAMED(from.fact));
        const condition = withFact(start, to, NAMED(to.fact));
        for (const op of OPERATORS_OF_TYPE[to.type]) {
          const changed = withOperator(condition, op);
          // What is left to type is an empty text or list; everything else must fit already.
          const empty = changed.value === '' || (Array.isArray(changed.value) && changed.value.length === 0);
          if (!empty) expect(conditionFaults(changed)).toEqual([]);
        }
      }
    }
  });
});

describe('a rule in the editor', () => {
  const stored = {
    id: 'r1',
    order: 1,
    name: 'Cart',
    enabled: true,
    kind: 'engage' as const,
    priority: 5,
    when: { all: [CART] },
    minScore: 10,
    action: { type: 'invite' as const, message: 'Hi', translations: { sv: 'Hej' }, departmentId: 'd1' },
    variants: [{ key: 'A', weight: 2, message: 'Hi there', translations: { sv: 'Hej du' } }],
    limits: { oncePerSession: true, cooldownMs: 90_000, maxPerDay: 2 },
    schedule: { businessHours: true, intervals: [{ weekday: 1, from: '09:00', to: '12:00' }] },
    requiresAgent: true,
    holdoutPercent: 20,
  };

  it('comes out as it went in, and the server takes it', () => {
    const { id: _id, order: _order, ...draft } = stored;
    expect(draftOf(valuesOf(stored))).toEqual(draft);
    expect(createEngagementRuleSchema.safeParse(draftOf(valuesOf(stored))).success).toBe(true);
  });

  it('takes away what does not belong to the kind any more', () => {
    const change = changeOf({ ...valuesOf(stored), kind: 'score', points: 7 });
    expect(change).toMatchObject({ kind: 'score', points: 7, action: null, limits: null, minScore: null });
  });

  it('shows the fault of a request at its field', () => {
    expect(
      ['action.message', 'limits.cooldownMs', 'schedule.endsAt', 'variants.0.key', 'name'].map(fieldOf),
    ).toEqual(['message', 'cooldownMinutes', 'endsAt', 'variants.0.key', 'name']);
  });
});
