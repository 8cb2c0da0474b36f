import {
  type Condition,
  type ConditionTree,
  type FactEntry,
  type FactValue,
  factEntry,
  OPERATORS_OF_TYPE,
  type Operator,
} from '../../../shared/protocol/index.ts';

/** The place of a node: indexes of members from the root on; `0` also leads into a `not`. */
export type TreePath = readonly number[];

export type GroupKind = 'all' | 'any' | 'none';

/** A group of conditions as the editor shows it; `none` is a `not` around an `any`. */
export interface Group {
  readonly kind: GroupKind;
  readonly members: readonly ConditionTree[];
}

/** Reads a node as a group; undefined when it is a single condition. */
export function groupOf(tree: ConditionTree): Group | undefined {
  if ('all' in tree) return { kind: 'all', members: tree.all };
  if ('any' in tree) return { kind: 'any', members: tree.any };
  if (!('not' in tree)) return undefined;
  const { not } = tree;
  return { kind: 'none', members: 'any' in not ? not.any : [not] };
}

export function treeOf({ kind, members }: Group): ConditionTree {
  if (kind === 'none') return { not: { any: members } };
  return kind === 'all' ? { all: members } : { any: members };
}

/** The root is always a group, so that there is something to add to. */
export function asRoot(tree: ConditionTree): ConditionTree {
  return groupOf(tree) === undefined ? { all: [tree] } : tree;
}

/** Puts what `change` makes of a node in its place; undefined takes it out. */
export function changeAt(
  tree: ConditionTree,
  path: TreePath,
  change: (node: ConditionTree) => ConditionTree | undefined,
): ConditionTree {
  const [index, ...rest] = path;
  if (index === undefined) return change(tree) ?? { all: [] };
  const group = groupOf(tree);
  const member = group?.members[index];
  if (group === undefined || member === undefined) return tree;
  const next = rest.length === 0 ? change(member) : changeAt(member, rest, change);
  const members = group.members.flatMap((other, at) => (at === index ? (next ? [next] : []) : [other]));
  return treeOf({ ...group, members });
}

/** A condition on a fact that is complete enough to be shown, with the first operator that fits. */
export function newCondition(entry: FactEntry, fact: string): Condition {
  const op = entry.type === 'number' ? 'gte' : entry.type === 'text' ? 'contains' : 'eq';
  return { fact, op, ...blankValue(entry, op) };
}

/** The condition with another operator; its value stays where it fits. */
export function withOperator(condition: Condition, op: Operator): Condition {
  const { fact, value } = condition;
  const entry = factEntry(fact);
  const wanted = entry === undefined ? {} : blankValue(entry, op);
  const keeps =
    typeof value === typeof wanted.value &&
    Array.isArray(value) === Array.isArray(wanted.value) &&
    op !== 'between';
  return { fact, op, ...(keeps && value !== undefined ? { value } : wanted) };
}

/** The condition about another fact; operator and value stay where they fit. */
export function withFact(condition: Condition, entry: FactEntry, fact: string): Condition {
  const sameType = factEntry(condition.fact)?.type === entry.type;
  const fits = OPERATORS_OF_TYPE[entry.type].includes(condition.op);
  return sameType && fits ? { ...condition, fact } : newCondition(entry, fact);
}

function blankValue(entry: FactEntry, op: Operator): { value?: FactValue | readonly FactValue[] } {
  const single: FactValue = entry.type === 'number' ? (entry.min ?? 0) : entry.type === 'boolean' ? true : '';
  switch (op) {
    case 'exists':
      return { value: true };
    case 'in':
    case 'nin':
      return { value: [] };
    case 'between':
      return { value: [0, 0] };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { value: typeof single === 'number' ? single : 0 };
    default:
      return { value: single };
  }
}
