import { ActionIcon, Button, Group, SegmentedControl, Select, TextInput, Tooltip } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconX } from '@tabler/icons-react';
import {
  type Condition,
  type ConditionTree,
  ENGAGEMENT_LIMITS,
  FACTS,
  factEntry,
  OPERATORS_OF_TYPE,
  type Operator,
  type RuleFault,
} from '../../../shared/protocol/index.ts';
import {
  changeAt,
  type GroupKind,
  groupOf,
  newCondition,
  type TreePath,
  treeOf,
  withFact,
  withOperator,
} from './condition-edit.ts';
import { factChoices, factOf, isNamed, nameIn, operatorName } from './condition-text.ts';
import { ConditionValue } from './condition-value.tsx';
import styles from './engagement.module.css';

interface TreeProps {
  readonly tree: ConditionTree;
  /** Faults of the whole tree, by path. */
  readonly faults: readonly RuleFault[];
  readonly onChange: (tree: ConditionTree) => void;
}

const KINDS: { value: GroupKind; label: string }[] = [
  { value: 'all', label: 'All of these' },
  { value: 'any', label: 'Any of these' },
  { value: 'none', label: 'None of these' },
];
const CHOICES = factChoices();
const FIRST_FACT = FACTS[1];

/** Conditions as rows and groups of rows; the root is a group. */
export function ConditionTreeEditor({ tree, faults, onChange }: TreeProps) {
  return (
    <GroupEditor
      node={tree}
      path={[]}
      wirePath={[]}
      faults={faults}
      change={(path, change) => onChange(changeAt(tree, path, change))}
    />
  );
}

interface NodeProps {
  readonly node: ConditionTree;
  readonly path: TreePath;
  /** Where the node stands in the rule as it is sent, for faults. */
  readonly wirePath: RuleFault['path'];
  readonly faults: readonly RuleFault[];
  readonly change: (path: TreePath, change: (node: ConditionTree) => ConditionTree | undefined) => void;
}

function GroupEditor({ node, path, wirePath, faults, change }: NodeProps) {
  const group = groupOf(node);
  if (group === undefined) return null;
  const add = (member: ConditionTree): void =>
    change(path, () => treeOf({ ...group, members: [...group.members, member] }));
  const nested = path.length > 0;
  const below = memberPath(node, wirePath);
  const fault = faultAt(faults, wirePath) ?? faultAt(faults, below);
  return (
    <fieldset className={styles.group}>
      <legend className="visually-hidden">{nested ? 'Group of conditions' : 'Conditions'}</legend>
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="How many must hold"
          data={KINDS}
          value={group.kind}
          onChange={(kind) => change(path, () => treeOf({ ...group, kind: kind as GroupKind }))}
        />
        {nested && <RemoveButton label="Remove this group" onClick={() => change(path, () => undefined)} />}
      </Group>
      {group.members.length === 0 && (
        <p className={styles.hint}>
          {group.kind === 'any'
            ? 'Add a condition: as it is, this never holds.'
            : 'Without conditions this always holds.'}
        </p>
      )}
      {group.members.map((member, index) => {
        const place = {
          path: [...path, index],
          wirePath: isBareNot(node) ? below : [...below, index],
          faults,
          change,
        };
        return groupOf(member) === undefined ? (
          <ConditionRow key={place.path.join()} node={member} {...place} />
        ) : (
          <GroupEditor key={place.path.join()} node={member} {...place} />
        );
      })}
      {fault !== undefined && (
        <p className={styles.fault} role="alert">
          This group {fault}.
        </p>
      )}
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => add(newCondition(FIRST_FACT, FIRST_FACT.fact))}
        >
          Condition
        </Button>
        {path.length + 1 < ENGAGEMENT_LIMITS.depth / 2 && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconFolderPlus size={14} aria-hidden />}
            onClick={() => add({ any: [newCondition(FIRST_FACT, FIRST_FACT.fact)] })}
          >
            Group
          </Button>
        )}
      </Group>
    </fieldset>
  );
}

function ConditionRow({ node, path, wirePath, faults, change }: NodeProps) {
  const condition = node as Condition;
  const entry = factEntry(condition.fact) ?? partlyNamed(condition.fact);
  const set = (next: Condition): void => change(path, () => next);
  const valueFault = faultAt(faults, [...wirePath, 'value'], true);
  const factFault = faultAt(faults, [...wirePath, 'fact']);
  if (entry === undefined) {
    return (
      <div className={styles.row}>
        <code>{JSON.stringify(condition)}</code>
        <RemoveButton label="Remove this condition" onClick={() => change(path, () => undefined)} />
      </div>
    );
  }
  const name = nameIn(condition.fact, entry);
  return (
    <div className={styles.row}>
      <Select
        aria-label="Fact"
        className={styles.fact ?? ''}
        searchable
        allowDeselect={false}
        data={CHOICES}
        value={entry.fact}
        onChange={(chosen) => {
          const next = FACTS.find(({ fact }) => fact === chosen);
          if (next !== undefined) set(withFact(condition, next, factOf(next, name)));
        }}
      />
      {isNamed(entry) && (
        <TextInput
          aria-label="Name"
          placeholder="name"
          className={styles.name ?? ''}
          value={name}
          error={factFault && 'Enter a name'}
          onChange={(event) => set({ ...condition, fact: factOf(entry, event.currentTarget.value) })}
        />
      )}
      <Select
        aria-label="Comparison"
        className={styles.operator ?? ''}
        allowDeselect={false}
        data={OPERATORS_OF_TYPE[entry.type].map((op) => ({ value: op, label: operatorName(op) }))}
        value={condition.op}
        onChange={(op) => op !== null && set(withOperator(condition, op as Operator))}
      />
      <div className={styles.value}>
        <ConditionValue
          entry={entry}
          condition={condition}
          error={valueFault}
          onChange={(value) => set({ ...condition, value })}
        />
      </div>
      <RemoveButton label="Remove this condition" onClick={() => change(path, () => undefined)} />
    </div>
  );
}

function RemoveButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        <IconX size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

/** A fact whose name is not typed yet is none that rules can read, but the row has to stay. */
function partlyNamed(fact: string) {
  return FACTS.find((entry) => isNamed(entry) && factOf(entry, nameIn(fact, entry)) === fact);
}

function isBareNot(node: ConditionTree): boolean {
  return 'not' in node && !('any' in node.not);
}

/** Where the members of a group stand in the rule as it is sent. */
function memberPath(node: ConditionTree, path: RuleFault['path']): RuleFault['path'] {
  if ('all' in node) return [...path, 'all'];
  if ('any' in node) return [...path, 'any'];
  return isBareNot(node) ? [...path, 'not'] : [...path, 'not', 'any'];
}

function faultAt(faults: readonly RuleFault[], path: RuleFault['path'], below = false): string | undefined {
  const wanted = path.join('.');
  const found = faults.find((fault) => {
    const at = fault.path.join('.');
    return at === wanted || (below && at.startsWith(`${wanted}.`));
  });
  return found?.message;
}
