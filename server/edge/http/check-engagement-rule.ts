import { createEngagementRuleSchema } from '../../../shared/schemas/rest/index.ts';
import { parseWith } from './parse.ts';

/**
 * Checks a rule as a whole, as it is after a change of some of its parts.
 * @throws Refusal `invalid_value` with the paths of the faults
 */
export function assertEngagementRule(rule: unknown): void {
  parseWith(createEngagementRuleSchema, rule);
}
