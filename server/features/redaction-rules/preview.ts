import type { RedactionPreview } from '../../../shared/protocol/index.ts';
import { Refusal } from '../../domain/index.ts';
import { compileRuleSet, type RedactionRule, redactText } from '../../domain/redaction/index.ts';
import { compiling, engineRule, patternRefusal } from './engine-rule.ts';
import { EVERYWHERE, type RuleInput, withDefaults } from './rule-input.ts';

/** A rule to try before it is saved. */
export interface PreviewRule extends Omit<RuleInput, 'name'> {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * What rules make of a text, as a visitor's message. Rules given for the purpose are tried wherever they are
 * meant for; an account's own keep to their scope.
 * @throws Refusal `redaction.pattern_unsupported`, `invalid_value`
 */
export function previewText(text: string, rules: readonly RedactionRule[]): RedactionPreview {
  try {
    const set = compileRuleSet(rules);
    const redaction = redactText(set, text, { from: 'visitor', place: 'message' });
    const matches = redaction.matches.map(({ ruleId, start, end }) => ({ ruleId, start, end }));
    return { text: redaction.text, matches };
  } catch (error) {
    throw patternRefusal(error);
  }
}

/**
 * Rules as typed; one without an id is called by its place in the list, from 1.
 * @throws Refusal as {@link previewText}; its faults name the rule by its place, from 0
 */
export function draftRules(rules: readonly PreviewRule[]): readonly RedactionRule[] {
  return rules.map(({ id, name = 'preview', ...rule }, index) =>
    faultsWithin(`rules.${index}`, () => {
      const fields = { ...withDefaults({ ...rule, name }, index), scope: EVERYWHERE };
      return compiling(engineRule({ ...fields, id: id ?? `rule-${index + 1}` }));
    }),
  );
}

function faultsWithin<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Refusal) || error.errors === undefined) throw error;
    const errors = error.errors.map((fault) => ({ ...fault, path: `${path}.${fault.path}` }));
    throw new Refusal(error.code, { errors });
  }
}
