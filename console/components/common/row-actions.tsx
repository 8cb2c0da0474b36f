import { Button, Group, Table } from '@mantine/core';
import tables from './table.module.css';

/** The last cell of a row: changes what the row is about, or takes it away. Empty for those who may do neither. */
export function RowActions(props: {
  /** What it is about, for who cannot see the row. */
  readonly name: string;
  readonly writable: boolean;
  readonly onDo: (kind: 'edit' | 'remove') => void;
}) {
  const { name, writable, onDo } = props;
  return (
    <Table.Td className={tables.actions}>
      {writable && (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Edit ${name}`}
            onClick={() => onDo('edit')}
          >
            Edit
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Remove ${name}`}
            onClick={() => onDo('remove')}
          >
            Remove
          </Button>
        </Group>
      )}
    </Table.Td>
  );
}
