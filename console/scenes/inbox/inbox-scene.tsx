import { IconMessageCircle } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { attempt } from '../../components/common/explain.ts';
import { Empty } from '../../components/common/scene.tsx';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { useShortcuts } from '../../components/shell/use-shortcuts.ts';
import type { LiveClient } from '../../live/live-client.ts';
import { ChatList } from './chat-list.tsx';
import type { ComposerHandle } from './composer.tsx';
import { Conversation } from './conversation.tsx';
import styles from './inbox.module.css';
import { PresenceHint } from './presence-hint.tsx';
import { QueueList } from './queue-list.tsx';
import { VisitorPanel } from './visitor-panel.tsx';

/** The agent's desk: who waits, who is talked to, and what is known of them. */
export default function InboxScene() {
  const { live } = useConsole();
  return live === undefined ? null : <Desk live={live} />;
}

function Desk({ live }: { readonly live: LiveClient }) {
  const selectedId = useStore(live.state, (state) => state.selectedId);
  const chat = useStore(live.state, (state) =>
    state.selectedId === undefined ? undefined : state.chats[state.selectedId],
  );
  const composer = useRef<ComposerHandle>(null);
  const [closing, setClosing] = useState(false);
  const [detailsOpen, setDetailsOpen] = useState(false);
  useDeskShortcuts({
    live,
    composer,
    onClose: () => setClosing(true),
    onDetails: () => setDetailsOpen((o) => !o),
  });
  return (
    <div className={styles.desk} data-open={selectedId !== undefined || undefined}>
      <h1 className="visually-hidden">Inbox</h1>
      <div className={styles.lists}>
        <PresenceHint live={live} />
        <ChatList live={live} />
        <QueueList live={live} />
      </div>
      <section className={styles.middle} aria-label="Conversation">
        {chat === undefined ? (
          <Empty icon={<IconMessageCircle size={30} />} title="No chat is open">
            Pick one of your chats, or accept someone from the queue. Press ? for the keyboard shortcuts.
          </Empty>
        ) : (
          <Conversation
            key={chat.conversation.id}
            live={live}
            chat={chat}
            composer={composer}
            closing={closing}
            onClosing={setClosing}
            onDetails={() => setDetailsOpen((open) => !open)}
            detailsOpen={detailsOpen}
          />
        )}
      </section>
      {chat !== undefined && (
        <VisitorPanel
          key={chat.conversation.id}
          live={live}
          conversation={chat.conversation}
          opened={detailsOpen}
          onClose={() => setDetailsOpen(false)}
        />
      )}
    </div>
  );
}

function useDeskShortcuts(desk: {
  readonly live: LiveClient;
  readonly composer: React.RefObject<ComposerHandle | null>;
  readonly onClose: () => void;
  readonly onDetails: () => void;
}): void {
  const { live, composer } = desk;
  const step = (by: number): void => {
    const { order, selectedId } = live.state.get();
    const at = order.indexOf(selectedId ?? '');
    const next = order[at === -1 ? 0 : (at + by + order.length) % order.length];
    if (next !== undefined) live.select(next);
  };
  const acceptNext = (): void => {
    const next = live.state.get().queue[0];
    if (next !== undefined) void attempt(() => live.accept(next.id));
  };
  const group = 'Inbox';
  useShortcuts([
    { keys: 'j', about: 'Next chat', group, run: () => step(1) },
    { keys: 'k', about: 'Previous chat', group, run: () => step(-1) },
    { keys: 'a', about: 'Accept who waits longest', group, run: acceptNext },
    { keys: 'm', about: 'Write a message', group, run: () => composer.current?.write('text') },
    { keys: 'n', about: 'Write a note', group, run: () => composer.current?.write('note') },
    { keys: 'd', about: 'Show or hide visitor details', group, run: desk.onDetails },
    { keys: 'x', about: 'Close the chat', group, run: desk.onClose },
  ]);
}
