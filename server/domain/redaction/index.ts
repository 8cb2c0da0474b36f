export type { BuiltinRule } from './builtin-rules/builtin-rule.ts';
export { BUILTIN_RULES, builtinRule } from './builtin-rules/index.ts';
export { BUILTIN_RULE_KEYS, type BuiltinRuleKey } from './builtin-rules/keys.ts';
export {
  budgetFor,
  type CompiledRule,
  compileRule,
  compileRuleSet,
  compileStoredRule,
  inOrder,
  type RuleSet,
  ruleSetOf,
} from './compile.ts';
export { checkExamples, type ExampleFailure } from './examples.ts';
export { compileProgram, type Program } from './program.ts';
export { redactText } from './redact.ts';
export { redactLongText } from './redact-long.ts';
export {
  type PatternFault,
  type RedactedText,
  type Redaction,
  type RedactionMatch,
  RedactionPatternError,
  type RedactionPlace,
  type RedactionRule,
  type RedactionScope,
  type RedactionSender,
  type RedactionWhere,
  type Replacement,
} from './rule.ts';
export { LinearSearch, type StepBudget } from './search.ts';
export { SetSearch } from './set-search.ts';
export { findSplitMatches, type SplitMatch } from './split.ts';
export { CHECK_NAMES, type CheckName, isCheckName } from './validators/names.ts';
export { warmUpRedaction } from './warm-up.ts';
