import type { RedactionReportItem } from '../../../shared/protocol/index.ts';

/** One rule's counts in a range. */
export interface RuleCounts {
  readonly ruleId: string;
  readonly name: string;
  readonly total: number;
  /** One number for each day of the range, oldest first. */
  readonly byDay: readonly number[];
}

/** Counts gathered by rule, the busiest first. A renamed rule has its newest name. */
export function byRule(
  items: readonly RedactionReportItem[],
  days: readonly string[],
): readonly RuleCounts[] {
  const rules = new Map<string, { name: string; named: string; counts: Map<string, number> }>();
  for (const { ruleId, ruleName, day, count } of items) {
    const rule = rules.get(ruleId) ?? { name: ruleName, named: day, counts: new Map<string, number>() };
    if (day >= rule.named) Object.assign(rule, { name: ruleName, named: day });
    rule.counts.set(day, (rule.counts.get(day) ?? 0) + count);
    rules.set(ruleId, rule);
  }
  return [...rules]
    .map(([ruleId, { name, counts }]) => {
      const byDay = days.map((day) => counts.get(day) ?? 0);
      return { ruleId, name, byDay, total: byDay.reduce((sum, count) => sum + count, 0) };
    })
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total || a.name.localeCompare(b.name));
}
