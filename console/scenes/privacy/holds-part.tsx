import { Badge, Button, Group, Table, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { usePages } from '../../components/common/use-load.ts';
import { useStaffNames } from '../../components/common/use-staff-names.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { PrivacyTabs } from './privacy-tabs.tsx';
import { scopeText } from './scope-text.ts';
import { NO_SUBJECT, SubjectFields, scopeOf } from './subject-fields.tsx';

/** What must not go although its time is up, and why. */
export function HoldsPart() {
  const { api, can } = useConsole();
  const nameOf = useStaffNames();
  const load = useCallback((cursor: string | undefined) => api.privacy.holds(cursor), [api]);
  const { items, error, loading, hasMore, more, reload } = usePages(load);
  const writable = can('legal-hold:write');
  const release = async (id: string): Promise<void> => {
    const released = await attempt(async () => {
      await api.privacy.release(id);
    });
    if (released) showDone('The hold is released. What is overdue goes within two minutes.');
    reload();
  };
  return (
    <Scene
      title="Legal holds"
      about="A hold keeps transcripts from retention and erasure until it is released. Placing and releasing are audited."
    >
      <PrivacyTabs part="holds" />
      {writable && <HoldForm onPlaced={reload} />}
      {error !== undefined && <Failure error={error} retry={reload} />}
      {items.length === 0 && loading && <Waiting label="Loading holds" />}
      {items.length === 0 && !loading && error === undefined && <Panel about="Nothing is held." />}
      {items.length > 0 && (
        <SheetTable label="Legal holds" heads={['Placed', 'On', 'Reason', 'State']} actions>
          {items.map((hold) => (
            <Table.Tr key={hold.id}>
              <Table.Td>
                {formatDateTime(hold.placedAt)}
                <div className={tables.quiet}>{nameOf(hold.placedBy)}</div>
              </Table.Td>
              <Table.Td>{scopeText(hold.scope)}</Table.Td>
              <Table.Td>{hold.reason}</Table.Td>
              <Table.Td>
                <Badge variant="default" tt="none">
                  {hold.releasedAt === undefined ? 'held' : `released ${formatDateTime(hold.releasedAt)}`}
                </Badge>
              </Table.Td>
              <Table.Td className={tables.actions}>
                {writable && hold.status === 'active' && (
                  <Button size="compact-sm" variant="default" onClick={() => void release(hold.id)}>
                    Release
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </SheetTable>
      )}
      {hasMore && (
        <Button variant="default" mt="md" loading={loading} onClick={more}>
          Older holds
        </Button>
      )}
    </Scene>
  );
}

function HoldForm({ onPlaced }: { readonly onPlaced: () => void }) {
  const { api } = useConsole();
  const [subject, setSubject] = useState({ ...NO_SUBJECT, by: 'conversation' });
  const [reason, setReason] = useState('');
  const place = async (): Promise<void> => {
    const placed = await attempt(async () => {
      await api.privacy.hold(scopeOf(subject), reason.trim());
    });
    if (!placed) return;
    setSubject({ ...subject, value: '' });
    setReason('');
    onPlaced();
  };
  return (
    <Panel>
      <Group align="flex-end">
        <SubjectFields values={subject} onChange={setSubject} withConversation />
        <TextInput
          label="Reason"
          flex={1}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button disabled={subject.value.trim() === '' || reason.trim() === ''} onClick={() => void place()}>
          Hold
        </Button>
      </Group>
    </Panel>
  );
}
