import { Button, Group } from '@mantine/core';
import { IconEye, IconUserShare } from '@tabler/icons-react';
import type { RefObject } from 'react';
import { attempt } from '../../components/common/explain.ts';
import type { LiveClient } from '../../live/live-client.ts';
import type { Chat } from '../../live/state.ts';
import { Composer, type ComposerHandle } from './composer.tsx';
import styles from './inbox.module.css';

/** Under somebody else's chat: whose it is, what can be said to them, and how to take it or leave it. */
export function Watching(props: {
  readonly live: LiveClient;
  readonly chat: Chat;
  readonly composer: RefObject<ComposerHandle | null>;
}) {
  const { live, chat, composer } = props;
  const { id, agent } = chat.conversation;
  const whose = agent?.name ?? 'another agent';
  return (
    <>
      <div className={styles.ended}>
        <span>
          <IconEye size={16} aria-hidden className={styles.inlineIcon} /> You watch {whose}'s chat. The
          visitor does not see you.
        </span>
        <Group gap="xs">
          <Button
            size="sm"
            variant="light"
            leftSection={<IconUserShare size={16} aria-hidden />}
            onClick={() => void attempt(() => live.supervising.takeOver(id))}
          >
            Take over
          </Button>
          <Button size="sm" variant="default" onClick={() => live.putAway(id)}>
            Stop watching
          </Button>
        </Group>
      </div>
      <Composer ref={composer} live={live} conversationId={id} whisperTo={whose} />
    </>
  );
}
