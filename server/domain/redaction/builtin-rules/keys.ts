/** Keys of the built-in rules; stored with accounts, so a key is never renamed. */
export const BUILTIN_RULE_KEYS = ['se-personnummer', 'payment-card', 'email'] as const;

export type BuiltinRuleKey = (typeof BUILTIN_RULE_KEYS)[number];
