import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import tables from './table.module.css';

/** A table on a sheet of its own, which scrolls sideways where it does not fit. Its children are its rows. */
export function SheetTable(props: {
  /** What it lists. */
  readonly label: string;
  /** Headings of the columns. */
  readonly heads: readonly string[];
  /** One more column at the end holds buttons. */
  readonly actions?: boolean;
  /** Low rows, for logs. */
  readonly dense?: boolean;
  readonly children: ReactNode;
}) {
  const { label, heads, actions = false, dense = false, children } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className={tables.sheet} aria-label={label} tabIndex={0}>
      <Table verticalSpacing={dense ? 'xs' : 'sm'} horizontalSpacing="md" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
            {actions && (
              <Table.Th>
                <span className="visually-hidden">Actions</span>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </section>
  );
}
