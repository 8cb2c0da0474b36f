import { Engine, type NestedCondition } from 'json-rules-engine';
import type { Condition, EngagementRule, FactValue } from '../../shared/protocol/index.ts';

/** Everything that the rules read of one visitor, by fact. */
export type FlatFacts = Readonly<Record<string, FactValue>>;

export const conditionsOf = ({ when }: EngagementRule): readonly Condition[] =>
  'all' in when ? when.all.filter((one): one is Condition => 'fact' in one) : [];

/** What a careful programmer writes first: a closure for each condition, every rule asked at every event. */
export function closures(rules: readonly EngagementRule[]): (facts: FlatFacts) => number {
  const compiled = rules.map((rule) => conditionsOf(rule).map(closureOf));
  return (facts) => {
    let holding = 0;
    for (const conditions of compiled) if (conditions.every((holds) => holds(facts))) holding++;
    return holding;
  };
}

function closureOf({ fact, op, value }: Condition): (facts: FlatFacts) => boolean {
  const compares = comparisonOf(fact, op, value as FactValue | readonly FactValue[]);
  return (facts) => {
    const seen = facts[fact];
    return seen !== undefined && compares(seen);
  };
}

type Compares = (seen: FactValue) => boolean;

function comparisonOf(fact: string, op: Condition['op'], value: FactValue | readonly FactValue[]): Compares {
  const text = String(value).toLowerCase();
  const list = Array.isArray(value) ? (value as readonly FactValue[]) : [];
  const folded = new Set(list.map((one) => (typeof one === 'string' ? one.toLowerCase() : one)));
  const pattern = op === 'matches' ? new RegExp(String(value), 'u') : undefined;
  switch (op) {
    case 'eq':
      if (fact === 'visitor.language') return (seen) => `${seen}-`.toLowerCase().startsWith(`${text}-`);
      return typeof value === 'string'
        ? (seen) => String(seen).toLowerCase() === text
        : (seen) => seen === value;
    case 'in':
      return (seen) => folded.has(typeof seen === 'string' ? seen.toLowerCase() : seen);
    case 'contains':
      return (seen) => String(seen).toLowerCase().includes(text);
    case 'startsWith':
      return (seen) => String(seen).toLowerCase().startsWith(text);
    case 'matches':
      return (seen) => pattern?.test(String(seen)) ?? false;
    case 'between':
      return (seen) => seen >= (list[0] as FactValue) && seen <= (list[1] as FactValue);
    case 'gte':
      return (seen) => seen >= (value as FactValue);
    case 'gt':
      return (seen) => seen > (value as FactValue);
    case 'lt':
      return (seen) => seen < (value as FactValue);
    default:
      throw new Error(`the benchmark's rules do not use ${op}`);
  }
}

/** The same rules in json-rules-engine, with an operator of ours for each comparison. */
export function jsonRules(rules: readonly EngagementRule[]): (facts: FlatFacts) => Promise<number> {
  const engine = new Engine([], { allowUndefinedFacts: true });
  const named = new Map<string, Compares>();
  engine.addOperator(
    'holds',
    (seen: FactValue, key: string) => seen !== undefined && (named.get(key)?.(seen) ?? false),
  );
  for (const rule of rules) {
    const all = conditionsOf(rule).map(({ fact, op, value }): NestedCondition => {
      const key = JSON.stringify([fact, op, value]);
      named.set(key, comparisonOf(fact, op, value as FactValue | readonly FactValue[]));
      return { fact, operator: 'holds', value: key };
    });
    engine.addRule({ conditions: { all }, event: { type: rule.id } });
  }
  return async (facts) => (await engine.run(facts)).events.length;
}
