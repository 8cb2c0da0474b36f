import type { RedactionPreview } from '../../../shared/protocol/index.ts';
import { Refusal } from '../../domain/index.ts';
import { compileStoredRuleSet, type RedactionRule, redactText } from '../../domain/redaction/index.ts';
import { compiling, engineRule } from './engine-rule.ts';
import { EVERYWHERE, type RuleInput, withDefaults } from './rule-input.ts';

/** A rule to try before it is saved. */
export interface PreviewRule extends Omit<RuleInput, 'name'> {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** What rules that were found good make of a text, as a visitor's message. */
export function previewText(text: string, rules: readonly RedactionRule[]): RedactionPreview {
  const redaction = redactText(compileStoredRuleSet(rules), text, { from: 'visitor', place: 'message' });
  const matches = redaction.matches.map(({ ruleId, start, end }) => ({ ruleId, start, end }));
  return { text: redaction.text, matches };
}

/**
 * Rules as typed, wherever they are meant for; one without an id is called by its place in the list, from 1.
 * @throws Refusal `redaction.pattern_unsupported`, `invalid_value`; its faults name the rule by its place, from 0
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
