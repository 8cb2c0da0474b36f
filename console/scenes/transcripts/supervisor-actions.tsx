import { Button } from '@mantine/core';
import { IconEye, IconUserShare } from '@tabler/icons-react';
import type { WireConversation } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** What a supervisor does with a chat that is under way: follow it in the inbox, or take it. */
export function SupervisorActions({ conversation }: { readonly conversation: WireConversation }) {
  const { live, can, user, router } = useConsole();
  const isOthers = conversation.status === 'active' && conversation.agent?.id !== user.id;
  if (live === undefined || !isOthers || !can('conversation:supervise')) return null;
  const inInbox = async (work: () => Promise<void>): Promise<void> => {
    if (await attempt(work)) router.navigate('inbox');
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconEye size={16} aria-hidden />}
        onClick={() => void inInbox(() => live.supervising.watch(conversation.id))}
      >
        Watch
      </Button>
      <Button
        variant="default"
        leftSection={<IconUserShare size={16} aria-hidden />}
        onClick={() => void inInbox(() => live.supervising.takeOver(conversation.id))}
      >
        Take over
      </Button>
    </>
  );
}
