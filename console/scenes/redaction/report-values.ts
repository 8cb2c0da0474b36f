import type { RedactionReportItem } from '../../../shared/protocol/index.ts';

const DAY_MS = 86_400_000;

/** Days as `YYYY-MM-DD` in UTC, both included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** One rule's counts in a range. */
export interface RuleCounts {
  readonly ruleId: string;
  readonly name: string;
  readonly total: number;
  /** One number for each day of the range, oldest first. */
  readonly byDay: readonly number[];
}

/** The last `days` days up to that of `now`. */
export function lastDays(days: number, now: Date): DayRange {
  return { from: dayOf(now.getTime() - (days - 1) * DAY_MS), to: dayOf(now.getTime()) };
}

/** Every day of a range; none when it ends before it begins or a bound is no date. */
export function daysOf({ from, to }: DayRange): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(from), end = Date.parse(to); at <= end; at += DAY_MS) days.push(dayOf(at));
  return days;
}

/** The range as the instants that the server takes. */
export function instantsOf({ from, to }: DayRange): { from: string; to: string } {
  return { from: `${from}T00:00:00.000Z`, to: `${to}T23:59:59.999Z` };
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

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
