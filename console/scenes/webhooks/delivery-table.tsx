import { Badge, Button, Group, Table } from '@mantine/core';
import { useCallback } from 'react';
import type { WireWebhook, WireWebhookDelivery } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { usePages } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { EVENT_LABELS, outcomeText, stateText } from './webhook-text.ts';

const COLORS = { pending: 'yellow', delivered: 'teal', dead: 'red' } as const;

/** What was sent or is to be, newest first, without content. */
export function DeliveryTable(props: { readonly webhook: WireWebhook; readonly writable: boolean }) {
  const { api } = useConsole();
  const { id } = props.webhook;
  const load = useCallback((cursor: string | undefined) => api.webhooks.deliveries(id, cursor), [api, id]);
  const { items, error, loading, hasMore, more, reload } = usePages(load);
  const retry = async (delivery: WireWebhookDelivery): Promise<void> => {
    const worked = await attempt(async () => {
      await api.webhooks.retry(id, delivery.id);
    });
    if (worked) showDone('It is sent again.');
    reload();
  };
  return (
    <>
      <Panel
        title="Recent deliveries"
        about="Kept for three days at the most, and never longer than the transcript that they tell of."
      >
        <Button mt="sm" size="xs" variant="default" loading={loading} onClick={reload}>
          Refresh
        </Button>
      </Panel>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {items.length === 0 && loading && <Waiting label="Loading deliveries" />}
      {items.length === 0 && !loading && error === undefined && <Panel about="Nothing has been sent yet." />}
      {items.length > 0 && (
        <SheetTable
          label="Deliveries"
          heads={['When', 'Event', 'State', 'Tries', 'Last answer']}
          actions
          dense
        >
          {items.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} retry={props.writable ? retry : undefined} />
          ))}
        </SheetTable>
      )}
      {hasMore && (
        <Button variant="default" mt="md" loading={loading} onClick={more}>
          Older deliveries
        </Button>
      )}
    </>
  );
}

function DeliveryRow(props: {
  readonly delivery: WireWebhookDelivery;
  readonly retry: ((delivery: WireWebhookDelivery) => Promise<void>) | undefined;
}) {
  const { delivery, retry } = props;
  return (
    <Table.Tr>
      <Table.Td>{formatDateTime(delivery.createdAt)}</Table.Td>
      <Table.Td>{EVENT_LABELS[delivery.event]}</Table.Td>
      <Table.Td>
        <Badge variant="dot" color={COLORS[delivery.status]} tt="none">
          {stateText(delivery)}
        </Badge>
        {delivery.nextAttemptAt !== undefined && delivery.attempts > 0 && (
          <div className={tables.quiet}>again {formatDateTime(delivery.nextAttemptAt)}</div>
        )}
      </Table.Td>
      <Table.Td>{delivery.attempts}</Table.Td>
      <Table.Td>{outcomeText(delivery)}</Table.Td>
      <Table.Td className={tables.actions}>
        {delivery.status === 'dead' && retry !== undefined && (
          <Group gap="xs" justify="flex-end">
            <Button size="compact-sm" variant="default" onClick={() => void retry(delivery)}>
              Send again
            </Button>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
