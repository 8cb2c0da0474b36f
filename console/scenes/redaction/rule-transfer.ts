import type { WireRedactionRule } from '../../../shared/protocol/index.ts';
import type { RuleDraft } from '../../api/calls.ts';
import { draftOf, newRuleValues, valuesOf, withoutNulls } from './rule-values.ts';

/** A rule in a file: what an administrator decides, and which built-in rule it comes from. */
export type PortableRule = RuleDraft & { readonly builtin?: string };

/** What importing one rule means for the account. */
export type ImportStep =
  | { readonly kind: 'create'; readonly rule: RuleDraft }
  | { readonly kind: 'change'; readonly id: string; readonly rule: RuleDraft };

/** The rules as a JSON file, in their order, without ids and dates. */
export function exportRules(rules: readonly WireRedactionRule[]): string {
  const portable = inOrder(rules).map((rule) => ({
    ...withoutNulls(draftOf(valuesOf(rule))),
    ...(rule.builtin !== undefined && { builtin: rule.builtin }),
  }));
  return `${JSON.stringify(portable, null, 2)}\n`;
}

/**
 * Reads a file that {@link exportRules} wrote, or one written by hand: a list of objects with at least a name and a
 * pattern, or the file of the REST interface's export. What is missing gets the default of a new rule. The server judges the rest.
 * @throws Error with a message for the user when it is not such a list
 */
export function parseRules(text: string): PortableRule[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('The file is not JSON.');
  }
  const list = isWrapped(parsed) ? parsed.rules : parsed;
  if (!Array.isArray(list)) throw new Error('The file does not hold a list of rules.');
  return list.map((entry: unknown, index) => {
    if (!isNamed(entry)) throw new Error(`Rule ${index + 1} in the file has no name or no pattern.`);
    return { ...withoutNulls(draftOf(newRuleValues(index + 1))), ...entry };
  });
}

/** Matches the file's rules with those of the account: by built-in key, else by name. */
export function planImport(
  file: readonly PortableRule[],
  present: readonly WireRedactionRule[],
): readonly ImportStep[] {
  return file.map(({ builtin, ...rule }) => {
    const former = present.find((candidate) =>
      builtin === undefined ? candidate.name === rule.name : candidate.builtin === builtin,
    );
    if (former === undefined) return { kind: 'create', rule };
    return { kind: 'change', id: former.id, rule: { ...rule, check: rule.check ?? null } };
  });
}

/** Rules as they run. */
export function inOrder(rules: readonly WireRedactionRule[]): WireRedactionRule[] {
  return [...rules].sort((a, b) => a.order - b.order || a.createdAt.localeCompare(b.createdAt));
}

/**
 * The changes of `order` that move a rule by one place: the neighbours trade their numbers, and where numbers were
 * equal, those after them are pushed up as far as needed.
 */
export function movesFor(
  rules: readonly WireRedactionRule[],
  id: string,
  by: -1 | 1,
): readonly { readonly id: string; readonly order: number }[] {
  const sorted = inOrder(rules);
  const at = sorted.findIndex((rule) => rule.id === id);
  const rule = sorted[at];
  const neighbour = sorted[at + by];
  if (rule === undefined || neighbour === undefined) return [];
  const numbers = sorted.map(({ order }) => order);
  sorted[at] = neighbour;
  sorted[at + by] = rule;
  const moves: { id: string; order: number }[] = [];
  let last = Number.NEGATIVE_INFINITY;
  sorted.forEach((current, index) => {
    last = Math.max(numbers[index] ?? 0, last + 1);
    if (current.order !== last) moves.push({ id: current.id, order: last });
  });
  return moves;
}

/** The REST interface's export holds the list under `rules`. */
function isWrapped(file: unknown): file is { rules: unknown } {
  return typeof file === 'object' && file !== null && 'rules' in file;
}

function isNamed(entry: unknown): entry is { name: string; pattern: string } {
  if (typeof entry !== 'object' || entry === null) return false;
  const { name, pattern } = entry as Record<string, unknown>;
  return typeof name === 'string' && typeof pattern === 'string' && name !== '' && pattern !== '';
}
