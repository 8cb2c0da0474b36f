import { Table } from '@mantine/core';
import type { WireRedactionRescan } from '../../../shared/protocol/index.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Panel } from '../../components/common/scene.tsx';
import tables from '../../components/common/table.module.css';

const STATES = { running: 'Under way', paused: 'Paused', done: 'Done', cancelled: 'Cancelled' } as const;

/** Re-scans that have ended, newest first. */
export function RescanTable(props: {
  readonly rescans: readonly WireRedactionRescan[];
  readonly whoIs: (id: string) => string;
}) {
  const { rescans, whoIs } = props;
  if (rescans.length === 0)
    return <Panel about="The rules have not been applied to stored transcripts before." />;
  return (
    <section className={tables.sheet} aria-label="Earlier re-scans">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div className={tables.scroller} tabIndex={0}>
        <Table verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Started</Table.Th>
              <Table.Th>By</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Scanned</Table.Th>
              <Table.Th>Changed</Table.Th>
              <Table.Th>Failed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rescans.map((rescan) => (
              <Table.Tr key={rescan.id}>
                <Table.Td>{formatDateTime(rescan.startedAt)}</Table.Td>
                <Table.Td>{whoIs(rescan.startedBy)}</Table.Td>
                <Table.Td>{STATES[rescan.status]}</Table.Td>
                <Table.Td>
                  {rescan.scanned} of {rescan.total}
                </Table.Td>
                <Table.Td>{rescan.changed}</Table.Td>
                <Table.Td>{rescan.failed}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}
