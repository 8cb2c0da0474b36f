import type { StoredRedactionRule } from '../../domain/index.ts';
import { BUILTIN_RULES } from '../../domain/redaction/index.ts';
import type { Ids } from '../../ports/index.ts';
import { DEFAULT_REPLACEMENT, EVERYWHERE } from './rule-input.ts';

/** Own rules can be put between two built-in ones. */
export const ORDER_STEP = 10;

/** The built-in rules as an account starts with them: all there, those that are on by default switched on. */
export function builtinRulesFor(of: {
  accountId: string;
  ids: Ids;
  now: number;
}): readonly StoredRedactionRule[] {
  const { accountId, ids, now } = of;
  return BUILTIN_RULES.map((rule, index) => ({
    id: ids.id(),
    version: 1,
    createdAt: now,
    updatedAt: now,
    accountId,
    name: rule.title,
    pattern: rule.pattern,
    flags: rule.flags,
    ...(rule.check !== undefined && { check: rule.check }),
    replacement: DEFAULT_REPLACEMENT,
    scope: EVERYWHERE,
    enabled: rule.enabledByDefault,
    order: (index + 1) * ORDER_STEP,
    builtin: rule.key,
    digitWords: false,
    examples: rule.examples,
  }));
}
