import type { BuiltinRule } from './builtin-rule.ts';
import { CONTACT_RULES } from './contact.ts';
import type { BuiltinRuleKey } from './keys.ts';
import { PAYMENT_RULES } from './payment.ts';
import { SWEDISH_RULES } from './sweden.ts';

/** The library, in the order in which its rules run. */
export const BUILTIN_RULES: readonly BuiltinRule[] = [...SWEDISH_RULES, ...PAYMENT_RULES, ...CONTACT_RULES];

const BY_KEY: ReadonlyMap<BuiltinRuleKey, BuiltinRule> = new Map(
  BUILTIN_RULES.map((rule) => [rule.key, rule]),
);

export const builtinRule = (key: BuiltinRuleKey): BuiltinRule | undefined => BY_KEY.get(key);
