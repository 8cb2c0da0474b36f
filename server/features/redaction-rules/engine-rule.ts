import { type FieldFault, Refusal } from '../../domain/index.ts';
import {
  BUILTIN_RULE_KEYS,
  type BuiltinRuleKey,
  type CheckName,
  checkExamples,
  compileRule,
  isCheckName,
  RedactionPatternError,
  type RedactionRule,
} from '../../domain/redaction/index.ts';
import type { RuleFields } from './rule-input.ts';

type Identified = RuleFields & { readonly id: string };

/** A rule whose check and built-in rule, if it names them, are there. */
type Known<Rule> = Omit<Rule, 'check' | 'builtin'> & {
  readonly check?: CheckName;
  readonly builtin?: BuiltinRuleKey;
};

/**
 * The rule as the engine takes it.
 * @throws Refusal `invalid_value` when it names a check or a built-in rule that there is not
 */
export function engineRule<Rule extends Identified>({ check, builtin, ...rule }: Rule): Known<Rule> {
  return {
    ...rule,
    ...(check !== undefined && { check: known('check', check, isCheckName) }),
    ...(builtin !== undefined && { builtin: known('builtin', builtin, isBuiltinKey) }),
  };
}

function known<Name extends string>(
  path: string,
  name: string,
  isKnown: (name: string) => name is Name,
): Name {
  if (isKnown(name)) return name;
  throw new Refusal('invalid_value', { errors: [{ path, message: 'is not one that there is' }] });
}

function isBuiltinKey(name: string): name is BuiltinRuleKey {
  return BUILTIN_RULE_KEYS.some((key) => key === name);
}

/**
 * A rule is kept only if it runs and does what its own examples say.
 * @throws Refusal `redaction.pattern_unsupported`, `redaction.example_failed`, `invalid_value`
 */
export function runnable<Rule extends Identified>(fields: Rule): Known<Rule> {
  const rule = engineRule(fields);
  const { failures } = refusingPatterns(() => checkExamples(rule));
  if (failures.length === 0) return rule;
  const errors = failures.map(({ kind, index }) => ({
    path: `examples.${kind}.${index}`,
    message: kind === 'match' ? 'is not matched by the rule' : 'is matched by the rule',
  }));
  throw new Refusal('redaction.example_failed', { errors });
}

/**
 * The rule, when it compiles.
 * @throws Refusal `redaction.pattern_unsupported`
 */
export function compiling(rule: RedactionRule): RedactionRule {
  refusingPatterns(() => compileRule(rule));
  return rule;
}

function refusingPatterns<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw patternRefusal(error);
  }
}

/** What the engine says of a pattern names the fault and its place, never the pattern. */
function patternRefusal(error: unknown): unknown {
  if (!(error instanceof RedactionPatternError)) return error;
  const { reason, position, message } = error;
  const place = position === undefined ? '' : ` at position ${position}`;
  const fault: FieldFault = {
    path: FAULT_PATHS[reason] ?? 'pattern',
    message: `${reason}${place}: ${message}`,
    ...(position !== undefined && { position }),
  };
  return new Refusal('redaction.pattern_unsupported', { errors: [fault] });
}

const FAULT_PATHS: Readonly<Record<string, string>> = { flags: 'flags', replacement: 'replacement' };
