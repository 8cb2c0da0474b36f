import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { attempt } from './explain.ts';

/** Asks before something that is not easily undone. Stays open when it did not work. */
export function AskDialog(props: {
  readonly title: string;
  readonly about: string;
  /** What the button does. */
  readonly action: string;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    const worked = await attempt(props.onConfirm);
    setBusy(false);
    if (worked) props.onClose();
  };
  return (
    <Modal opened onClose={props.onClose} title={props.title}>
      <Text size="sm">{props.about}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={props.onClose}>
          Cancel
        </Button>
        <Button color="red" loading={busy} onClick={() => void confirm()}>
          {props.action}
        </Button>
      </Group>
    </Modal>
  );
}
