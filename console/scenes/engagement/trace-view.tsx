import { Badge, Group } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type {
  BlockerCode,
  ConditionTrace,
  DecisionTrace,
  TraceTree,
} from '../../../shared/protocol/index.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { describeCondition } from './condition-text.ts';
import styles from './engagement.module.css';

const BLOCKERS: { readonly [Code in BlockerCode]: string } = {
  disabled: 'The rule is off',
  conditions: 'The conditions do not hold',
  below_min_score: 'The score is too low',
  in_chat: 'The visitor is in a chat',
  already_inviting: 'Another invitation is open',
  dismissed: 'The visitor put an invitation away',
  already_fired: 'It has fired and holds still',
  once_per_session: 'It has fired in this visit',
  cooldown: 'Its pause is not over',
  max_per_day: 'It has fired often enough today',
  schedule: 'It is not its time',
  no_agent: 'No agent is free',
  holdout: 'The visitor is in the control group',
  lower_priority: 'Another rule is preferred',
};

const GROUP_WORDS = { all: 'All of', any: 'Any of', not: 'Not' } as const;

/** Why a rule fired or did not: conditions with what was seen, the score and its parts, and what held it back. */
export function TraceView({
  trace,
  ruleNames,
}: {
  readonly trace: DecisionTrace;
  readonly ruleNames?: ReadonlyMap<string, string>;
}) {
  const { score, blockers } = trace;
  return (
    <>
      {blockers.length > 0 && (
        <Group gap="xs" mb="xs">
          {blockers.map(({ code, until, ruleId }) => (
            <Badge key={code} variant="default" tt="none">
              {BLOCKERS[code]}
              {ruleId !== undefined && ruleNames?.has(ruleId) === true && `: ${ruleNames.get(ruleId)}`}
              {until !== undefined && `, until ${formatDateTime(until)}`}
            </Badge>
          ))}
        </Group>
      )}
      <ul className={styles.trace}>
        <TraceNode node={trace.when} />
      </ul>
      <p className={styles.quiet}>
        Score {score.total}
        {score.needed !== undefined && ` of ${score.needed} needed`}
        {score.parts.length > 0 &&
          `: ${score.parts.map(({ name, points }) => `${name} ${points > 0 ? '+' : ''}${points}`).join(', ')}`}
      </p>
    </>
  );
}

function TraceNode({ node }: { readonly node: TraceTree }) {
  if (!('fact' in node)) {
    const word = 'all' in node ? 'all' : 'any' in node ? 'any' : 'not';
    const members = 'all' in node ? node.all : 'any' in node ? node.any : [node.not];
    return (
      <li>
        <Mark holds={node.holds} /> {GROUP_WORDS[word]}
        <ul className={styles.trace}>
          {members.map((member, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place in the trace.
            <TraceNode key={index} node={member} />
          ))}
        </ul>
      </li>
    );
  }
  return (
    <li>
      <Mark holds={node.holds} /> {describeCondition(node)}{' '}
      <span className={styles.seen}>({seenText(node)})</span>
    </li>
  );
}

function Mark({ holds }: { readonly holds: boolean }) {
  return holds ? (
    <IconCheck size={14} className={styles.holds} role="img" aria-label="holds" />
  ) : (
    <IconX size={14} className={styles.fails} role="img" aria-label="does not hold" />
  );
}

function seenText({ fact, seen, masked }: ConditionTrace): string {
  if (masked === true) return 'value not shown to you';
  if (seen === undefined) return 'not known';
  if (typeof seen === 'number') return fact.endsWith('Ms') ? `${Math.round(seen / 1_000)} s` : String(seen);
  return typeof seen === 'boolean' ? (seen ? 'yes' : 'no') : `“${seen}”`;
}
