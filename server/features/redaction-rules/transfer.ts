import type { RedactionExport } from '../../../shared/protocol/index.ts';
import { type FieldFault, Refusal, type StoredRedactionRule } from '../../domain/index.ts';
import { inTurns } from '../../pipeline/in-turns.ts';
import { presentRedactionRule } from '../../presenters/account-presenter.ts';
import { ORDER_STEP } from './builtin-rules.ts';
import { runnable } from './engine-rule.ts';
import { type RuleInput, withDefaults } from './rule-input.ts';

/** Rules as a file, in the order in which they run. */
export function exportedRules(rules: readonly StoredRedactionRule[]): RedactionExport {
  const inOrder = [...rules].sort((a, b) => a.order - b.order || a.createdAt - b.createdAt);
  return { version: 1, rules: inOrder.map(exportedRule) };
}

function exportedRule(stored: StoredRedactionRule): RedactionExport['rules'][number] {
  const { id: _id, createdAt: _created, updatedAt: _updated, ...rule } = presentRedactionRule(stored);
  return rule;
}

/**
 * Rules from a file, all of them checked before any is kept; one without an order comes behind the one before it.
 * @throws Refusal with every fault, its path starting with `rules.` and the rule's place from 0
 */
export async function importedRules(
  inputs: readonly RuleInput[],
  made: { accountId: string; firstOrder: number; now: number; nextId: () => string },
): Promise<readonly StoredRedactionRule[]> {
  const { accountId, firstOrder, now, nextId } = made;
  const faults: FieldFault[] = [];
  let code: Refusal['code'] = 'invalid_value';
  const rules = await inTurns(inputs, (input, index) => {
    try {
      const fields = withDefaults(input, firstOrder + index * ORDER_STEP);
      const owner = { id: nextId(), accountId, version: 1, createdAt: now, updatedAt: now };
      return [runnable({ ...fields, ...owner })];
    } catch (error) {
      if (!(error instanceof Refusal) || error.errors === undefined) throw error;
      if (faults.length === 0) code = error.code;
      faults.push(...error.errors.map((fault) => ({ ...fault, path: `rules.${index}.${fault.path}` })));
      return [];
    }
  });
  if (faults.length > 0) throw new Refusal(code, { errors: faults });
  return rules.flat();
}
