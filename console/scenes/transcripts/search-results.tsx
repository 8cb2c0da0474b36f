import { Table } from '@mantine/core';
import type { WireConversation } from '../../../shared/protocol/index.ts';
import { formatDateTime, visitorName } from '../../components/common/format.ts';
import { StatusBadge } from '../../components/common/status-badge.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './transcripts.module.css';

/** Conversations that were found, each with the way to its transcript. */
export function SearchResults({ items }: { readonly items: readonly WireConversation[] }) {
  return (
    <section className={styles.results} aria-label="Conversations">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div className={styles.scroller} tabIndex={0}>
        <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Case</Table.Th>
              <Table.Th>Visitor</Table.Th>
              <Table.Th>Agent</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th>Started</Table.Th>
              <Table.Th>Tags</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
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
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}
