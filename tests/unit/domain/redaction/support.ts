import {
  BUILTIN_RULES,
  type BuiltinRule,
  compileRuleSet,
  type RedactionRule,
  redactText,
} from '../../../../server/domain/redaction/index.ts';

export const WHERE = { from: 'visitor', place: 'message' } as const;

export function ruleOf(pattern: string, more: Partial<RedactionRule> = {}): RedactionRule {
  return { id: 'r', name: 'rule', pattern, replacement: '█', enabled: true, ...more };
}

export function builtinAsRule(builtin: BuiltinRule): RedactionRule {
  const { key, title, pattern, flags, check, examples } = builtin;
  return {
    id: key,
    name: title,
    pattern,
    flags,
    builtin: key,
    replacement: '█',
    enabled: true,
    examples,
    ...(check !== undefined && { check }),
  };
}

export const ALL_BUILTIN: readonly RedactionRule[] = BUILTIN_RULES.map(builtinAsRule);

export const redact = (rules: readonly RedactionRule[], text: string) =>
  redactText(compileRuleSet(rules), text, WHERE);
export const redacted = (rules: readonly RedactionRule[], text: string): string => redact(rules, text).text;
