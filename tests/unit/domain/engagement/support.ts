import {
  type CompiledRuleSet,
  compileRuleSet,
  newVisitor,
  type Recording,
  type RuleSetSource,
  type VisitorEvent,
  type WorldEvent,
} from '../../../../server/domain/engagement/index.ts';
import type { ConditionTree, EngagementRule } from '../../../../shared/protocol/index.ts';

/** A Wednesday, 10:00 in Stockholm. */
export const START = Date.parse('2026-01-07T09:00:00Z');

export function engageRule(
  id: string,
  when: ConditionTree,
  more: Partial<EngagementRule> = {},
): EngagementRule {
  const action = { type: 'invite', message: 'May we help?' } as const;
  return { id, name: id, kind: 'engage', enabled: true, priority: 0, order: 0, when, action, ...more };
}

export function scoreRule(id: string, when: ConditionTree, points: number): EngagementRule {
  return { id, name: id, kind: 'score', enabled: true, priority: 0, order: 0, when, points };
}

export function ruleSet(
  rules: readonly EngagementRule[],
  more: Partial<RuleSetSource> = {},
): CompiledRuleSet {
  const businessHours = { alwaysOpen: true, intervals: [] };
  return compileRuleSet({ rules, timeZone: 'Europe/Stockholm', businessHours, ...more });
}

export function recording(
  events: readonly (VisitorEvent | WorldEvent)[],
  more: Partial<Recording> & { readonly key?: string } = {},
): Recording {
  const { key = 'visitor', ...rest } = more;
  const visitor = newVisitor({ key, startedAt: START });
  return { visitor, events, agentsAvailable: 1, queueLength: 0, ...rest };
}

export const page = (atMs: number, path: string): VisitorEvent => ({
  type: 'page',
  at: START + atMs,
  url: `https://shop.example${path}`,
});
