import { compileRuleSet } from './compile.ts';
import { redactText } from './redact.ts';
import type { RedactionRule } from './rule.ts';

export interface ExampleFailure {
  readonly kind: 'match' | 'noMatch';
  readonly index: number;
}

/**
 * Runs a rule on its own examples, whatever its scope and whether or not it is enabled.
 * @throws RedactionPatternError when the rule does not compile
 */
export function checkExamples(rule: RedactionRule): {
  readonly ok: boolean;
  readonly failures: ExampleFailure[];
} {
  const { scope: _everywhere, ...unscoped } = rule;
  const ruleSet = compileRuleSet([{ ...unscoped, enabled: true }]);
  const hits = (text: string): boolean =>
    redactText(ruleSet, text, { from: 'visitor', place: 'message' }).count > 0;
  const failures: ExampleFailure[] = [];
  for (const [index, text] of (rule.examples?.match ?? []).entries()) {
    if (!hits(text)) failures.push({ kind: 'match', index });
  }
  for (const [index, text] of (rule.examples?.noMatch ?? []).entries()) {
    if (hits(text)) failures.push({ kind: 'noMatch', index });
  }
  return { ok: failures.length === 0, failures };
}
