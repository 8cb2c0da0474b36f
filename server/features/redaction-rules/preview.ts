import type { RedactionPreview } from '../../../shared/protocol/index.ts';
import { Refusal } from '../../domain/index.ts';
import {
  compileStoredRule,
  inOrder,
  type RedactionRule,
  redactText,
  ruleSetOf,
} from '../../domain/redaction/index.ts';
import { inTurns } from '../../pipeline/in-turns.ts';
import { compiling, engineRule } from './engine-rule.ts';
import { EVERYWHERE, type RuleInput, withDefaults } from './rule-input.ts';

/** A rule to try before it is saved. */
export interface PreviewRule extends Omit<RuleInput, 'name'> {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** What rules that were found good make of a text, as a visitor's message. */
export async function previewText(text: string, rules: readonly RedactionRule[]): Promise<RedactionPreview> {
  const set = ruleSetOf(await inTurns(inOrder(rules), compileStoredRule));
  const redaction = redactText(set, text, { from: 'visitor', place: 'message' });
  const matches = redaction.matches.map(({ ruleId, start, end }) => ({ ruleId, start, end }));
  return { text: redaction.text, matches };
}

/**
 * Rules as typed, wherever they are meant for; one without an id is called by its place in the list, from 1.
 * @throws Refusal `redaction.pattern_unsupported`, `invalid_value`; its faults name the rule by its place, from 0
 */
export function draftRules(rules: readonly PreviewRule[]): Promise<readonly RedactionRule[]> {
  return inTurns(rules, ({ id, name = 'preview', ...rule }, index) =>
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
