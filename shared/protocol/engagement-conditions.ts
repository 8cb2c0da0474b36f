import { type ConditionTree, OPERATORS, type Operator } from './engagement.ts';
import { ENGAGEMENT_LIMITS, type FactEntry, factEntry, OPERATORS_OF_TYPE } from './engagement-facts.ts';

/** What is wrong with a part of a rule, and where: `['all', 0, 'value']`. */
export interface RuleFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Path = RuleFault['path'];
type Faults = readonly RuleFault[];

const FINE: Faults = [];
const GROUPS = ['all', 'any', 'not'];
const TEXT_OPERATORS: readonly Operator[] = ['contains', 'startsWith', 'endsWith', 'matches'];
const ORDER_OPERATORS: readonly Operator[] = ['gt', 'gte', 'lt', 'lte', 'between'];
const CONDITION_KEYS = ['fact', 'op', 'value'];
/** More faults help nobody, and bound the answer to a hostile tree. */
const MOST_FAULTS = 50;

/**
 * Whether something is a tree of conditions that can be compiled: shape, size, facts, operators and values. Whether the
 * patterns of `matches` can run is left to the server's engine. Runs in the console too, as one types.
 * @returns what is wrong; nothing when it is a {@link ConditionTree}
 */
export function conditionFaults(when: unknown): Faults {
  const most = ENGAGEMENT_LIMITS.conditionsPerRule;
  if (countConditions(when, most + 1) > most) return fault([], `has more than ${most} conditions`);
  return treeFaults(when, []).slice(0, MOST_FAULTS);
}

export function isConditionTree(when: unknown): when is ConditionTree {
  return conditionFaults(when).length === 0;
}

function fault(path: Path, message: string): Faults {
  return [{ path, message }];
}

/** Conditions and empty groups, until `most` are found. Goes no deeper than is allowed. */
function countConditions(when: unknown, most: number): number {
  let found = 0;
  let level: unknown[] = [when];
  for (let depth = 0; depth <= ENGAGEMENT_LIMITS.depth && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const tree of level) {
      const members = membersOf(tree);
      if (members.length === 0) found++;
      if (found + next.length > most) return most;
      for (const member of members.slice(0, most)) next.push(member);
    }
    level = next;
  }
  return found;
}

function membersOf(tree: unknown): readonly unknown[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const { all, any, not } = tree as { all?: unknown; any?: unknown; not?: unknown };
  if (Array.isArray(all)) return all;
  if (Array.isArray(any)) return any;
  return not === undefined ? [] : [not];
}

function treeFaults(tree: unknown, path: Path): Faults {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    return fault(path, 'must be a condition or a group: {fact, op, value}, {all}, {any} or {not}');
  }
  const node = tree as Readonly<Record<string, unknown>>;
  const group = GROUPS.find((key) => Object.hasOwn(node, key));
  if (group === undefined) return conditionFaultsOf(node, path);
  const other = Object.keys(node).find((key) => key !== group);
  if (other !== undefined) return fault([...path, other], `does not belong beside ${group}`);
  if (path.filter((part) => typeof part === 'string').length >= ENGAGEMENT_LIMITS.depth) {
    return fault(path, `lies deeper than ${ENGAGEMENT_LIMITS.depth} groups`);
  }
  const below = [...path, group];
  return group === 'not' ? treeFaults(node.not, below) : groupFaults(node[group], below);
}

function groupFaults(members: unknown, path: Path): Faults {
  if (!Array.isArray(members)) return fault(path, 'must be a list of conditions and groups');
  if (members.length === 0 && path.at(-1) === 'any') return fault(path, 'is empty, so it can never hold');
  return members.flatMap((member, index) => treeFaults(member, [...path, index]));
}

function conditionFaultsOf(node: Readonly<Record<string, unknown>>, path: Path): Faults {
  const { fact, op, value } = node;
  const unknown = Object.keys(node).find((key) => !CONDITION_KEYS.includes(key));
  if (unknown !== undefined) return fault([...path, unknown], 'is no part of a condition');
  const named = typeof fact === 'string' && fact.length <= ENGAGEMENT_LIMITS.factLength;
  const entry = named ? factEntry(fact) : undefined;
  if (entry === undefined) return fault([...path, 'fact'], 'is not a fact that rules can read');
  const operator = OPERATORS.find((known) => known === op);
  if (operator === undefined) return fault([...path, 'op'], `must be one of ${OPERATORS.join(', ')}`);
  const allowed = OPERATORS_OF_TYPE[entry.type];
  if (!allowed.includes(operator)) return fault([...path, 'op'], `${entry.fact} takes ${allowed.join(', ')}`);
  return valueFaults({ entry, operator, value }, [...path, 'value']);
}

interface Comparison {
  readonly entry: FactEntry;
  readonly operator: Operator;
  readonly value: unknown;
}

function valueFaults(comparison: Comparison, path: Path): Faults {
  const { operator, value } = comparison;
  switch (operator) {
    case 'exists':
      return value === undefined || typeof value === 'boolean' ? FINE : fault(path, 'must be true or false');
    case 'between':
      return rangeFaults(comparison, path);
    case 'in':
    case 'nin': {
      if (Array.isArray(value) && value.length > 0 && value.length <= ENGAGEMENT_LIMITS.listValues) {
        return value.flatMap((member, index) =>
          singleFaults({ ...comparison, value: member }, [...path, index]),
        );
      }
      return fault(path, `must be a list of 1 to ${ENGAGEMENT_LIMITS.listValues} values`);
    }
    default:
      return singleFaults(comparison, path);
  }
}

function rangeFaults(comparison: Comparison, path: Path): Faults {
  const { value } = comparison;
  if (!Array.isArray(value) || value.length !== 2) return fault(path, 'must be [from, to]');
  const faults = value.flatMap((bound, index) =>
    singleFaults({ ...comparison, value: bound }, [...path, index]),
  );
  return faults.length === 0 && value[0] > value[1] ? fault(path, 'must not end before it begins') : faults;
}

function singleFaults({ entry, operator, value }: Comparison, path: Path): Faults {
  const wanted = wantedTypes(entry, operator);
  if (!wanted.includes(typeof value)) return fault(path, `must be a ${wanted.join(' or a ')}`);
  if (typeof value === 'number') return numberFaults({ entry, value }, path);
  return typeof value === 'string' ? textFaults({ operator, value }, path) : FINE;
}

function wantedTypes(entry: FactEntry, operator: Operator): readonly string[] {
  if (TEXT_OPERATORS.includes(operator)) return ['string'];
  if (ORDER_OPERATORS.includes(operator)) return ['number'];
  switch (entry.type) {
    case 'text':
      return ['string'];
    case 'any':
      return ['string', 'number', 'boolean'];
    default:
      return [entry.type];
  }
}

function numberFaults({ entry, value }: { entry: FactEntry; value: number }, path: Path): Faults {
  if (!Number.isFinite(value)) return fault(path, 'must be a finite number');
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = entry;
  if (value < min) return fault(path, `must be at least ${min}: ${entry.fact} is never less`);
  return value > max ? fault(path, `must be at most ${max}: ${entry.fact} is never more`) : FINE;
}

function textFaults({ operator, value }: { operator: Operator; value: string }, path: Path): Faults {
  const most = operator === 'matches' ? ENGAGEMENT_LIMITS.patternLength : ENGAGEMENT_LIMITS.textValueLength;
  if (value.length > most) return fault(path, `must have at most ${most} characters`);
  return value === '' && TEXT_OPERATORS.includes(operator) ? fault(path, 'must not be empty') : FINE;
}
