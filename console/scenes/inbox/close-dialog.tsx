import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import type { WireConversation } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { visitorName } from '../../components/common/format.ts';
import type { LiveClient } from '../../live/live-client.ts';

/** Asks before a chat is closed: it cannot be opened again. */
export function CloseDialog(props: {
  readonly live: LiveClient;
  readonly conversation: WireConversation;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { live, conversation } = props;
  const [busy, setBusy] = useState(false);
  const close = async (): Promise<void> => {
    setBusy(true);
    if (await attempt(() => live.closeChat(conversation.id))) props.onClose();
    setBusy(false);
  };
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Close this chat?">
      <Text size="sm">
        {visitorName(conversation.sessionId)} ({conversation.caseId}) will be told that the chat has ended. A
        closed chat cannot be opened again; its transcript stays until it expires.
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={props.onClose}>
          Keep open
        </Button>
        <Button data-autofocus loading={busy} onClick={() => void close()}>
          Close chat
        </Button>
      </Group>
    </Modal>
  );
}
