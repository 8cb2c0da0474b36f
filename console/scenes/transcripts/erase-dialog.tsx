import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { WireTranscript } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** Erasing cannot be undone, so the case id must be typed before it can be done. */
export function EraseDialog(props: {
  readonly transcript: WireTranscript;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onErased: (certificateId: string) => void;
}) {
  const { api } = useConsole();
  const { id, caseId } = props.transcript;
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const erase = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => props.onErased((await api.conversations.erase(id)).certificateId));
    setBusy(false);
  };
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Erase this transcript for good?">
      <Text size="sm">
        Messages, profile and the key they are encrypted with are destroyed, so that backups become unreadable
        too. Nobody can bring them back.
      </Text>
      <TextInput
        mt="md"
        data-autofocus
        label={`Type the case id ${caseId} to confirm`}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button color="red" disabled={typed.trim() !== caseId} loading={busy} onClick={() => void erase()}>
          Erase
        </Button>
      </Group>
    </Modal>
  );
}
