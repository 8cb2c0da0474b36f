import { ActionIcon, FileButton, Tooltip } from '@mantine/core';
import { IconPaperclip } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { FILE_KINDS, type SentMessage } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** Sends files of the kinds that the account takes; says what redaction took out of them. */
export function AttachButton({ conversationId }: { readonly conversationId: string }) {
  const { api } = useConsole();
  const load = useCallback(() => api.attachmentPolicy(), [api]);
  const { data: policy } = useLoad(load);
  const [sending, setSending] = useState(0);
  if (policy?.enabled !== true) return null;
  const accept = policy.kinds.flatMap((kind) => FILE_KINDS[kind].extensions.map((end) => `.${end}`));
  const send = async (files: readonly File[]): Promise<void> => {
    setSending((count) => count + files.length);
    for (const file of files) {
      await attempt(async () => tellRemoved(await api.conversations.sendFile(conversationId, file)));
      setSending((count) => count - 1);
    }
  };
  return (
    <FileButton accept={accept.join(',')} multiple onChange={(files) => void send(files)}>
      {(field) => (
        <Tooltip label="Attach files">
          <ActionIcon
            {...field}
            variant="subtle"
            color="gray"
            size={42}
            radius="md"
            aria-label="Attach files"
            loading={sending > 0}
          >
            <IconPaperclip size={20} />
          </ActionIcon>
        </Tooltip>
      )}
    </FileButton>
  );
}

function tellRemoved({ text, removed }: SentMessage): void {
  if (removed.length === 0) return;
  showDone(`Removed from ${text}: ${removed.map(({ name, count }) => `${name} (${count})`).join(', ')}`);
}
