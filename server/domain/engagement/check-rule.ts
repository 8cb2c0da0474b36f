import {
  type Condition,
  type ConditionTree,
  conditionFaults,
  type EngagementRuleDraft,
  type RuleFault,
} from '../../../shared/protocol/index.ts';
import { patternFault } from './pattern.ts';

/**
 * What keeps a rule from being compiled: conditions that are not as they must be, and patterns that the linear-time engine
 * refuses. Paths are from the rule: `['when', 'all', 0, 'value']`. The form of the other parts is the schema's concern.
 * @returns nothing when the rule can run
 */
export function checkRule({ when }: Pick<EngagementRuleDraft, 'when'>): readonly RuleFault[] {
  const faults = conditionFaults(when);
  const found = faults.length > 0 ? faults : patternFaults(when);
  return found.map(({ path, message }) => ({ path: ['when', ...path], message }));
}

function patternFaults(when: ConditionTree): RuleFault[] {
  return conditionsOf(when).flatMap(({ condition, path }) => {
    const message = condition.op === 'matches' ? patternFault(String(condition.value)) : undefined;
    return message === undefined ? [] : [{ path: [...path, 'value'], message }];
  });
}

/** Every condition of a tree, with its place. */
export function conditionsOf(
  tree: ConditionTree,
  path: RuleFault['path'] = [],
): { readonly condition: Condition; readonly path: RuleFault['path'] }[] {
  if ('all' in tree) return tree.all.flatMap((one, index) => conditionsOf(one, [...path, 'all', index]));
  if ('any' in tree) return tree.any.flatMap((one, index) => conditionsOf(one, [...path, 'any', index]));
  if ('not' in tree) return conditionsOf(tree.not, [...path, 'not']);
  return [{ condition: tree, path }];
}
