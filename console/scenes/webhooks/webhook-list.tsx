import { Button, Switch, Table } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useState } from 'react';
import type { WireWebhook } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { Empty, Panel, Scene } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { EVENT_LABELS } from './webhook-text.ts';
import styles from './webhooks.module.css';

/** All webhooks of the account, and a place to make one. */
export function WebhookList(props: {
  readonly webhooks: readonly WireWebhook[];
  readonly onChanged: () => void;
}) {
  const { can } = useConsole();
  const { webhooks, onChanged } = props;
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();
  const writable = can('webhook:write');
  return (
    <Scene
      title="Webhooks"
      about="Other systems are told of what happens: signed, tried again for a day and a half, and without the text of a message unless you choose it."
      actions={
        writable && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            Add webhook
          </Button>
        )
      }
    >
      {webhooks.length === 0 ? (
        <Panel>
          <Empty icon={<IconWebhook size={28} />} title="No webhook yet">
            Add one to tell your CRM, a chat room or a bot of conversations as they happen.
          </Empty>
        </Panel>
      ) : (
        <WebhookTable webhooks={webhooks} writable={writable} onChanged={onChanged} />
      )}
      {adding && (
        <WebhookForm
          webhook={undefined}
          onClose={() => setAdding(false)}
          onSaved={(made) => {
            setAdding(false);
            setSecret(made);
            onChanged();
          }}
        />
      )}
      {secret !== undefined && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </Scene>
  );
}

function WebhookTable(props: {
  readonly webhooks: readonly WireWebhook[];
  readonly writable: boolean;
  readonly onChanged: () => void;
}) {
  const { api } = useConsole();
  const switchOver = async ({ id, enabled }: WireWebhook): Promise<void> => {
    await attempt(async () => {
      await api.webhooks.change(id, { enabled: !enabled });
    });
    props.onChanged();
  };
  return (
    <SheetTable label="Webhooks" heads={['On', 'Webhook', 'Told of', 'Text of messages']}>
      {props.webhooks.map((webhook) => (
        <Table.Tr key={webhook.id} data-off={!webhook.enabled || undefined}>
          <Table.Td>
            <Switch
              aria-label={`${webhook.name} is on`}
              checked={webhook.enabled}
              disabled={!props.writable}
              onChange={() => void switchOver(webhook)}
            />
          </Table.Td>
          <Table.Td>
            <Link to={['webhooks', webhook.id]} className={styles.link}>
              {webhook.name}
            </Link>
            <div className={tables.quiet}>{webhook.origin}</div>
          </Table.Td>
          <Table.Td>
            {webhook.events.map((event) => (
              <div key={event}>{EVENT_LABELS[event]}</div>
            ))}
          </Table.Td>
          <Table.Td>{webhook.includeText ? 'Redacted text' : 'Never'}</Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}
