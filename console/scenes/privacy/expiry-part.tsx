import { Button, SegmentedControl, Table } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { WireExpiryPreview } from '../../../shared/protocol/index.ts';
import { formatDateTime, visitorName } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useLoad, usePages } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './privacy.module.css';
import { PrivacyTabs } from './privacy-tabs.tsx';

const RANGES = [
  { value: '7', label: '7 days' },
  { value: '14', label: '14 days' },
  { value: '30', label: '30 days' },
];
const BAR_WIDTH = 240;

/** Which transcripts end in the next days, as settings and holds stand. */
export function ExpiryPart() {
  const [days, setDays] = useState('7');
  return (
    <Scene
      title="What goes when"
      about="Transcripts with their profiles, files and keys, as the retention and the legal holds stand now."
      actions={
        <SegmentedControl aria-label="Range" data={RANGES} value={days} onChange={setDays} size="sm" />
      }
    >
      <PrivacyTabs part="expiry" />
      <Preview days={Number(days)} />
      <Expiring days={Number(days)} />
    </Scene>
  );
}

function Preview({ days }: { readonly days: number }) {
  const { api } = useConsole();
  const load = useCallback(() => api.privacy.expiry(days), [api, days]);
  const { data, error, reload } = useLoad(load);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (data === undefined) return <Waiting label="Counting" />;
  return (
    <Panel
      title={`Kept for ${data.retentionDays} days`}
      about={data.held === 0 ? 'Nothing is held.' : `${data.held} are kept by legal holds.`}
    >
      <DayCounts preview={data} />
    </Panel>
  );
}

function DayCounts({ preview }: { readonly preview: WireExpiryPreview }) {
  const most = Math.max(1, ...preview.days.map(({ conversations }) => conversations));
  return (
    <Table verticalSpacing={4} aria-label="By day">
      <Table.Tbody>
        {preview.days.map(({ date, conversations }) => (
          <Table.Tr key={date}>
            <Table.Th scope="row">{date}</Table.Th>
            <Table.Td>{conversations}</Table.Td>
            <Table.Td>
              <svg width={BAR_WIDTH} height={10} aria-hidden>
                <rect className={styles.bar ?? ''} width={(BAR_WIDTH * conversations) / most} height={10} />
              </svg>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Expiring({ days }: { readonly days: number }) {
  const { api } = useConsole();
  const load = useCallback((cursor: string | undefined) => api.privacy.expiring(days, cursor), [api, days]);
  const { items, error, loading, hasMore, more, reload } = usePages(load);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (items.length === 0) return null;
  return (
    <>
      <SheetTable label="Conversations that go" heads={['Goes', 'Visitor', 'Case', 'Started']} dense>
        {items.map(({ id, expiresAt, sessionId, caseId, startedAt }) => (
          <Table.Tr key={id}>
            <Table.Td>{formatDateTime(expiresAt)}</Table.Td>
            <Table.Td>{visitorName(sessionId)}</Table.Td>
            <Table.Td>
              <Link to={['transcripts', id]} className={styles.link}>
                {caseId}
              </Link>
            </Table.Td>
            <Table.Td>{formatDateTime(startedAt)}</Table.Td>
          </Table.Tr>
        ))}
      </SheetTable>
      {hasMore && (
        <Button variant="default" mt="md" loading={loading} onClick={more}>
          More
        </Button>
      )}
    </>
  );
}
