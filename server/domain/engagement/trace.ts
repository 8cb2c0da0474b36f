import type {
  Blocker,
  Condition,
  ConditionTrace,
  ConditionTree,
  DecisionTrace,
  EngagementRule,
  FactValue,
  ScorePart,
  TraceTree,
} from '../../../shared/protocol/index.ts';
import type { CompiledRule, CompiledRuleSet } from './compile.ts';
import type { LiveFacts } from './live-facts.ts';
import { type FactTest, isWithin, normalise, type TextTest } from './normalise.ts';
import { PATTERN_STEPS, Pattern } from './pattern.ts';
import { fold, type Moment, numberView, readableFact, textView } from './read-fact.ts';
import type { VisitorState } from './state.ts';
import { languageRanges } from './text-index.ts';

interface Seen {
  readonly ruleSet: CompiledRuleSet;
  readonly facts: LiveFacts;
  readonly moment: Moment;
}

/** Why a rule did what it did: read from the facts themselves, condition by condition, none left out. */
export function traceOf(
  rule: EngagementRule,
  at: { state: VisitorState; ruleSet: CompiledRuleSet; moment: Moment; blockers: readonly Blocker[] },
): DecisionTrace {
  const { state, ruleSet, moment, blockers } = at;
  return {
    when: traceTree(rule.when, { facts: state.facts, moment, ruleSet }),
    score: {
      total: state.score,
      ...(rule.minScore !== undefined && { needed: rule.minScore }),
      parts: scoreParts(state, ruleSet),
    },
    blockers,
  };
}

/** Score rules that hold. */
export function scoreParts(state: VisitorState, ruleSet: CompiledRuleSet): ScorePart[] {
  const { rules, firstEngage } = ruleSet;
  const parts: ScorePart[] = [];
  let number = state.nextHolding(ruleSet, 0);
  for (; number >= 0 && number < firstEngage; number = state.nextHolding(ruleSet, number + 1)) {
    const { id: ruleId, name, points = 0 } = (rules[number] as CompiledRule).rule;
    parts.push({ ruleId, name, points });
  }
  return parts;
}

export function traceTree(tree: ConditionTree, seen: Seen): TraceTree {
  if ('all' in tree) {
    const all = tree.all.map((member) => traceTree(member, seen));
    return { all, holds: all.every(({ holds }) => holds) };
  }
  if ('any' in tree) {
    const any = tree.any.map((member) => traceTree(member, seen));
    return { any, holds: any.some(({ holds }) => holds) };
  }
  if ('not' in tree) {
    const not = traceTree(tree.not, seen);
    return { not, holds: !not.holds };
  }
  return traceCondition(tree, seen);
}

function traceCondition(condition: Condition, { facts, moment, ruleSet }: Seen): ConditionTrace {
  const seen = readableFact(condition.fact).read(facts, moment);
  const { tests, negated } = normalise(condition);
  const holds = tests.some((test) => testHolds(test, { seen, ruleSet })) !== negated;
  return {
    fact: condition.fact,
    op: condition.op,
    ...(condition.value !== undefined && { value: condition.value }),
    ...(seen !== undefined && { seen }),
    holds,
  };
}

interface SeenValue {
  readonly seen: FactValue | undefined;
  readonly ruleSet: CompiledRuleSet;
}

function testHolds(test: FactTest, { seen, ruleSet }: SeenValue): boolean {
  if (test.view === 'number') {
    const number = numberView(seen);
    return number !== undefined && test.ranges.some((range) => isWithin(number, range));
  }
  const text = textView(seen);
  return text !== undefined && textTestHolds(test.test, { text, fact: test.fact, ruleSet });
}

function textTestHolds(
  test: TextTest,
  { text, fact, ruleSet }: { text: string; fact: string; ruleSet: CompiledRuleSet },
): boolean {
  const folded = fold(text);
  switch (test.kind) {
    case 'any':
      return true;
    case 'is': {
      const keys = fact === 'visitor.language' ? languageRanges(folded) : [folded];
      return test.texts.some((wanted) => keys.includes(wanted));
    }
    case 'contains':
      return folded.includes(test.text);
    case 'startsWith':
      return folded.startsWith(test.text);
    case 'endsWith':
      return folded.endsWith(test.text);
    case 'matches':
      return patternIn(ruleSet, test.pattern).holds(text, { left: PATTERN_STEPS });
  }
}

/** A disabled rule has patterns that the set was not compiled with. */
function patternIn({ slots }: CompiledRuleSet, pattern: string): Pattern {
  return slots.patterns.get(pattern) ?? new Pattern(pattern);
}
