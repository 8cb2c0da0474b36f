import { Badge, Button, Switch, Table } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import type { WireEngagementRule } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './engagement.module.css';
import { EngagementTabs } from './engagement-tabs.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { describeRule } from './rule-text.ts';

/** All rules as they are being worked on; visitors meet the published ones. */
export function RuleList(props: {
  readonly rules: readonly WireEngagementRule[];
  readonly onChanged: () => void;
}) {
  const { api, can } = useConsole();
  const { rules, onChanged } = props;
  const writable = can('engagement-rule:write');
  const turn = async (rule: WireEngagementRule): Promise<void> => {
    await attempt(async () => {
      await api.engagement.change(rule.id, { enabled: !rule.enabled });
    });
    onChanged();
  };
  return (
    <Scene
      title="Engagement rules"
      about="Rules score visitors while they browse, and invite the right ones at the right moment. Changes work at once, or where the account publishes by hand, when they are published."
      actions={<ListActions />}
    >
      <EngagementTabs part={undefined} />
      {rules.length === 0 ? (
        <Panel
          title="No rules yet"
          about="An invitation can be as simple as: a visitor has been on the prices for a minute, and an agent is free."
        />
      ) : (
        <SheetTable label="Rules" heads={['On', 'Rule', 'Does', 'Priority']}>
          {inOrder(rules).map((rule) => (
            <RuleRow key={rule.id} rule={rule} writable={writable} onTurn={() => void turn(rule)} />
          ))}
        </SheetTable>
      )}
    </Scene>
  );
}

function ListActions() {
  const { router, can } = useConsole();
  const [publishing, setPublishing] = useState(false);
  return (
    <>
      {can('engagement-rule:publish') && (
        <Button
          variant="default"
          leftSection={<IconSend size={16} aria-hidden />}
          onClick={() => setPublishing(true)}
        >
          Publish
        </Button>
      )}
      {can('engagement-rule:write') && (
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => router.navigate('engagement', 'new')}
        >
          New rule
        </Button>
      )}
      {publishing && <PublishDialog onClose={() => setPublishing(false)} />}
    </>
  );
}

function RuleRow(props: {
  readonly rule: WireEngagementRule;
  readonly writable: boolean;
  readonly onTurn: () => void;
}) {
  const { rule } = props;
  return (
    <Table.Tr data-off={!rule.enabled || undefined}>
      <Table.Td>
        <Switch
          aria-label={`${rule.name} is on`}
          checked={rule.enabled}
          disabled={!props.writable}
          onChange={props.onTurn}
        />
      </Table.Td>
      <Table.Td>
        <Link to={['engagement', rule.id]} className={styles.ruleLink}>
          {rule.name}
        </Link>
        <div className={styles.quiet}>{describeRule(rule).join(' ')}</div>
      </Table.Td>
      <Table.Td>
        <Badge variant="default" tt="none">
          {rule.kind === 'score'
            ? `${rule.points ?? 0} points`
            : rule.action?.type === 'offer'
              ? 'message'
              : 'invitation'}
        </Badge>
      </Table.Td>
      <Table.Td>{rule.kind === 'engage' ? rule.priority : '–'}</Table.Td>
    </Table.Tr>
  );
}

/** As they win against one another; scores last. */
function inOrder(rules: readonly WireEngagementRule[]): readonly WireEngagementRule[] {
  return rules.toSorted(
    (a, b) => a.kind.localeCompare(b.kind) || b.priority - a.priority || a.order - b.order,
  );
}
