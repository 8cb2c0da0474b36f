import type { BuiltinRule } from './builtin-rule.ts';
import { CONTACT_RULES } from './contact.ts';
import { EUROPEAN_RULES } from './europe.ts';
import type { BuiltinRuleKey } from './keys.ts';
import { NORDIC_RULES } from './nordic.ts';
import { PAYMENT_RULES } from './payment.ts';
import { SECRET_RULES } from './secrets.ts';
import { SWEDISH_RULES } from './sweden.ts';
import { US_RULES } from './united-states.ts';

/** The library, in the order in which its rules run: the more certain a kind of data, the earlier. */
export const BUILTIN_RULES: readonly BuiltinRule[] = [
  ...SWEDISH_RULES,
  ...NORDIC_RULES,
  ...EUROPEAN_RULES,
  ...US_RULES,
  ...PAYMENT_RULES,
  ...CONTACT_RULES,
  ...SECRET_RULES,
];

const BY_KEY: ReadonlyMap<BuiltinRuleKey, BuiltinRule> = new Map(
  BUILTIN_RULES.map((rule) => [rule.key, rule]),
);

export const builtinRule = (key: BuiltinRuleKey): BuiltinRule | undefined => BY_KEY.get(key);
