import { Button, Group, Select, Table, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { WireActivity } from '../../../shared/protocol/index.ts';
import type { ActivitySubject } from '../../api/privacy-calls.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime, visitorName } from '../../components/common/format.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { PrivacyTabs } from './privacy-tabs.tsx';

const CHOICES = [
  { value: 'conversationId', label: 'Conversation id' },
  { value: 'sessionId', label: 'Session id' },
  { value: 'ip', label: 'Address' },
];

/** Who connected from where, while the log lives. Every look-up is audited with its reason. */
export function ActivityPart() {
  const { api, can } = useConsole();
  const [by, setBy] = useState('conversationId');
  const [value, setValue] = useState('');
  const [reason, setReason] = useState('');
  const [found, setFound] = useState<readonly WireActivity[]>();
  const missing = value.trim() === '' || reason.trim() === '';
  const look = (event: FormEvent): void => {
    event.preventDefault();
    const subject = { [by]: value.trim() } as ActivitySubject;
    void attempt(async () => setFound((await api.privacy.activity(subject, reason.trim())).items));
  };
  const erase = (): void =>
    void attempt(async () => {
      const { deleted } = await api.privacy.eraseAddress(value.trim());
      showDone(`${deleted} records of the address are erased.`);
      setFound(undefined);
    });
  return (
    <Scene
      title="Addresses"
      about="The activity log joins sessions to addresses for seven days at most. Nothing else holds an address."
    >
      <PrivacyTabs part="activity" />
      <Panel>
        <form onSubmit={look}>
          <Group align="flex-end">
            <Select
              label="By"
              allowDeselect={false}
              data={CHOICES}
              value={by}
              onChange={(next) => next !== null && setBy(next)}
            />
            <TextInput
              label="Value"
              autoComplete="off"
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
            <TextInput
              label="Reason"
              description="Kept in the audit log"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              flex={1}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button type="submit" disabled={missing}>
              Look up
            </Button>
            {by === 'ip' && can('activity-log:erase') && (
              <Button color="red" variant="light" disabled={value.trim() === ''} onClick={erase}>
                Erase the address
              </Button>
            )}
          </Group>
        </form>
      </Panel>
      {found?.length === 0 && <Text>Nothing is kept of it.</Text>}
      {found !== undefined && found.length > 0 && <Connections items={found} />}
    </Scene>
  );
}

function Connections({ items }: { readonly items: readonly WireActivity[] }) {
  return (
    <SheetTable label="Connections" heads={['Connected', 'Until', 'Visitor', 'Address', 'Browser']} dense>
      {items.map((entry) => (
        <Table.Tr key={`${entry.sessionId} ${entry.connectedAt}`}>
          <Table.Td>{formatDateTime(entry.connectedAt)}</Table.Td>
          <Table.Td>
            {entry.disconnectedAt === undefined ? 'now' : formatDateTime(entry.disconnectedAt)}
          </Table.Td>
          <Table.Td>{visitorName(entry.sessionId)}</Table.Td>
          <Table.Td>{entry.ip}</Table.Td>
          <Table.Td>{entry.userAgent}</Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}
