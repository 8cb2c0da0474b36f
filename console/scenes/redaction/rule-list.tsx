import { ActionIcon, Badge, Button, FileButton, Switch, Table, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDownload, IconPlus, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import type { WireRedactionRule } from '../../../shared/protocol/index.ts';
import { saveFile } from '../../components/common/download.ts';
import { attempt } from '../../components/common/explain.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { ImportDialog } from './import-dialog.tsx';
import styles from './redaction.module.css';
import { RedactionTabs } from './redaction-tabs.tsx';
import { exportRules, inOrder, movesFor } from './rule-transfer.ts';
import { TryOut } from './try-out.tsx';

/** All rules in the order in which they run, and a place to try them. */
export function RuleList(props: {
  readonly rules: readonly WireRedactionRule[];
  readonly onChanged: () => void;
}) {
  const { api, can } = useConsole();
  const { rules, onChanged } = props;
  const writable = can('redaction-rule:write');
  const change = async (work: () => Promise<void>): Promise<void> => {
    await attempt(work);
    onChanged();
  };
  const nameOf = (id: string): string => rules.find((rule) => rule.id === id)?.name ?? 'Another rule';
  return (
    <Scene
      title="Redaction rules"
      about="What a rule recognises is removed before anything is stored. A change works at once, without a restart."
      actions={<ListActions rules={rules} writable={writable} onChanged={onChanged} />}
    >
      <RedactionTabs part={undefined} />
      <Panel title="Trial" about="All rules that are on, in their order.">
        <TryOut nameOf={nameOf} />
      </Panel>
      <SheetTable label="Rules" heads={['On', 'Rule', 'Check', 'Applies to']} actions dense>
        {inOrder(rules).map((rule, index) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            writable={writable}
            first={index === 0}
            last={index === rules.length - 1}
            onSwitch={() =>
              void change(async () => {
                await api.rules.change(rule.id, { enabled: !rule.enabled });
              })
            }
            onMove={(by) =>
              void change(async () => {
                for (const { id, order } of movesFor(rules, rule.id, by))
                  await api.rules.change(id, { order });
              })
            }
          />
        ))}
      </SheetTable>
    </Scene>
  );
}

function ListActions(props: {
  readonly rules: readonly WireRedactionRule[];
  readonly writable: boolean;
  readonly onChanged: () => void;
}) {
  const { router } = useConsole();
  const [file, setFile] = useState<File>();
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        onClick={() =>
          saveFile({
            body: exportRules(props.rules),
            contentType: 'application/json',
            fileName: 'redaction-rules.json',
          })
        }
      >
        Export
      </Button>
      {props.writable && (
        <>
          <FileButton accept="application/json,.json" onChange={(chosen) => setFile(chosen ?? undefined)}>
            {(button) => (
              <Button {...button} variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
                Import
              </Button>
            )}
          </FileButton>
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => router.navigate('redaction', 'new')}
          >
            New rule
          </Button>
        </>
      )}
      {file && (
        <ImportDialog
          file={file}
          rules={props.rules}
          onClose={() => {
            setFile(undefined);
            props.onChanged();
          }}
        />
      )}
    </>
  );
}

function RuleRow(props: {
  readonly rule: WireRedactionRule;
  readonly writable: boolean;
  readonly first: boolean;
  readonly last: boolean;
  readonly onSwitch: () => void;
  readonly onMove: (by: -1 | 1) => void;
}) {
  const { rule, writable } = props;
  return (
    <Table.Tr data-off={!rule.enabled || undefined}>
      <Table.Td>
        <Switch
          aria-label={`${rule.name} is on`}
          checked={rule.enabled}
          disabled={!writable}
          onChange={props.onSwitch}
        />
      </Table.Td>
      <Table.Td>
        <div className={styles.ruleName}>
          <Link to={['redaction', rule.id]} className={styles.ruleLink}>
            {rule.name}
          </Link>
          {rule.builtin !== undefined && (
            <Badge size="sm" variant="default" tt="none" className={styles.builtin ?? ''}>
              built in
            </Badge>
          )}
        </div>
        <code className={styles.pattern}>{rule.pattern}</code>
      </Table.Td>
      <Table.Td>{rule.check ?? '–'}</Table.Td>
      <Table.Td>{appliesTo(rule)}</Table.Td>
      <Table.Td className={tables.actions}>
        {writable && (
          <>
            <MoveButton
              label={`Move ${rule.name} up`}
              disabled={props.first}
              onClick={() => props.onMove(-1)}
            >
              <IconArrowUp size={16} />
            </MoveButton>
            <MoveButton
              label={`Move ${rule.name} down`}
              disabled={props.last}
              onClick={() => props.onMove(1)}
            >
              <IconArrowDown size={16} />
            </MoveButton>
          </>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function MoveButton(props: {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={props.label}
        disabled={props.disabled}
        onClick={props.onClick}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

const PLACES = { message: 'messages', profile: 'profile', url: 'page addresses' } as const;

function appliesTo({ scope }: WireRedactionRule): string {
  const who = scope.from.length === 2 ? 'everyone' : scope.from[0] === 'visitor' ? 'visitors' : 'agents';
  const where =
    scope.places.length === 3 ? 'everywhere' : scope.places.map((place) => PLACES[place]).join(', ');
  return `${who}, ${where}`;
}
