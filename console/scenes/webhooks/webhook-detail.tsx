import { Button, Group, Modal, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import type { WireWebhook } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { DeliveryTable } from './delivery-table.tsx';
import { PingResult } from './ping-result.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { EVENT_LABELS } from './webhook-text.ts';
import styles from './webhooks.module.css';

/** One webhook: what it is told of, a test, and what became of its deliveries. */
export function WebhookDetail(props: { readonly webhook: WireWebhook; readonly onChanged: () => void }) {
  const { can } = useConsole();
  const { webhook, onChanged } = props;
  const writable = can('webhook:write');
  return (
    <Scene
      title={webhook.name}
      about={webhook.enabled ? webhook.origin : `${webhook.origin} · paused`}
      actions={writable && <Actions webhook={webhook} onChanged={onChanged} />}
    >
      <p className={styles.backRow}>
        <Link to={['webhooks']} className={styles.link}>
          <IconArrowLeft size={15} aria-hidden /> All webhooks
        </Link>
      </p>
      <Panel>
        <dl className={styles.facts}>
          <Fact label="Told of" value={webhook.events.map((event) => EVENT_LABELS[event]).join(', ')} />
          <Fact label="Text of messages" value={webhook.includeText ? 'Redacted text' : 'Never'} />
          <Fact label="Made" value={formatDateTime(webhook.createdAt)} />
          <Fact label="Changed" value={formatDateTime(webhook.updatedAt)} />
        </dl>
        {writable && <PingResult webhook={webhook} />}
      </Panel>
      <DeliveryTable webhook={webhook} writable={writable} />
    </Scene>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

type Doing = 'edit' | 'renew' | 'remove';

function Actions({ webhook, onChanged }: { readonly webhook: WireWebhook; readonly onChanged: () => void }) {
  const { api, router } = useConsole();
  const [doing, setDoing] = useState<Doing>();
  const [secret, setSecret] = useState<string>();
  const close = (): void => setDoing(undefined);
  const done = (): void => {
    close();
    onChanged();
  };
  const pause = async (): Promise<void> => {
    await attempt(async () => {
      await api.webhooks.change(webhook.id, { enabled: !webhook.enabled });
    });
    onChanged();
  };
  const renew = async (): Promise<void> => {
    const worked = await attempt(async () => setSecret((await api.webhooks.renewSecret(webhook.id)).secret));
    if (worked) done();
  };
  const remove = async (): Promise<void> => {
    if (!(await attempt(() => api.webhooks.remove(webhook.id)))) return;
    showDone(`${webhook.name} is removed.`);
    router.navigate('webhooks');
    onChanged();
  };
  return (
    <>
      <Button variant="default" onClick={() => void pause()}>
        {webhook.enabled ? 'Pause' : 'Resume'}
      </Button>
      <Button variant="default" onClick={() => setDoing('renew')}>
        New secret
      </Button>
      <Button variant="light" color="red" onClick={() => setDoing('remove')}>
        Remove
      </Button>
      <Button onClick={() => setDoing('edit')}>Edit</Button>
      {doing === 'edit' && <WebhookForm webhook={webhook} onClose={close} onSaved={done} />}
      {doing === 'renew' && (
        <Confirm title="Make a new secret?" action="Make a new secret" onClose={close} onConfirmed={renew}>
          The old one is good no more from that moment. Requests that are tried again are signed with the new
          one.
        </Confirm>
      )}
      {doing === 'remove' && (
        <Confirm title={`Remove ${webhook.name}?`} action="Remove" onClose={close} onConfirmed={remove}>
          The receiver is told of nothing more, and what is on its way to it is thrown away.
        </Confirm>
      )}
      {secret !== undefined && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}

function Confirm(props: {
  readonly title: string;
  readonly action: string;
  readonly children: string;
  readonly onClose: () => void;
  readonly onConfirmed: () => Promise<void>;
}) {
  return (
    <Modal opened onClose={props.onClose} title={props.title}>
      <Text size="sm">{props.children}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button color="red" onClick={() => void props.onConfirmed()}>
          {props.action}
        </Button>
      </Group>
    </Modal>
  );
}
