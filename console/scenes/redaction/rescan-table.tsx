import { Table } from '@mantine/core';
import type { WireRedactionRescan } from '../../../shared/protocol/index.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Panel } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';

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
    <SheetTable
      label="Earlier re-scans"
      heads={['Started', 'By', 'State', 'Scanned', 'Changed', 'Failed']}
      dense
    >
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
    </SheetTable>
  );
}
