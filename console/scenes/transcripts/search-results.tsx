import { Table } from '@mantine/core';
import type { WireConversation } from '../../../shared/protocol/index.ts';
import { formatDateTime, visitorName } from '../../components/common/format.ts';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { StatusBadge } from '../../components/common/status-badge.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './transcripts.module.css';

/** Conversations that were found, each with the way to its transcript. */
export function SearchResults({ items }: { readonly items: readonly WireConversation[] }) {
  return (
    <SheetTable label="Conversations" heads={['Case', 'Visitor', 'Agent', 'Status', 'Started', 'Tags']}>
      {items.map((item) => (
        <Table.Tr key={item.id}>
          <Table.Td>
            <Link to={['transcripts', item.id]} className={styles.caseLink}>
              {item.caseId}
            </Link>
          </Table.Td>
          <Table.Td>{visitorName(item.sessionId)}</Table.Td>
          <Table.Td>{item.agent?.name ?? '–'}</Table.Td>
          <Table.Td>
            <StatusBadge status={item.status} />
          </Table.Td>
          <Table.Td>{formatDateTime(item.startedAt)}</Table.Td>
          <Table.Td className={styles.tagCell}>{item.tags.join(', ')}</Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}
