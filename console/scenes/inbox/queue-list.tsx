import { Button } from '@mantine/core';
import { useState } from 'react';
import type { WireConversation } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { formatDuration, visitorName } from '../../components/common/format.ts';
import { useNow } from '../../components/common/use-now.ts';
import { useStore } from '../../components/common/use-store.ts';
import type { LiveClient } from '../../live/live-client.ts';
import { waitingCount } from '../../live/state.ts';
import { VisitorBadge } from './chat-list.tsx';
import styles from './inbox.module.css';

/** More are counted but not drawn: nobody reads so far down a queue. */
const SHOWN = 50;
/** Waiting this long is shown in a warning colour. */
const LONG_WAIT_MS = 3 * 60_000;

/** Who waits, longest first, with the time and a button to accept. */
export function QueueList({ live }: { readonly live: LiveClient }) {
  const queue = useStore(live.state, (state) => state.queue);
  const count = useStore(live.state, waitingCount);
  const now = useNow(1_000);
  return (
    <section aria-labelledby="queue" className={styles.list}>
      <h2 id="queue" className={styles.listTitle}>
        Queue <span className={styles.count}>{count}</span>
      </h2>
      {queue.length === 0 && <p className={styles.listEmpty}>Nobody is waiting.</p>}
      <ul className={styles.items}>
        {queue.slice(0, SHOWN).map((conversation) => (
          <li key={conversation.id}>
            <QueueItem live={live} conversation={conversation} now={now} />
          </li>
        ))}
      </ul>
      {count > SHOWN && <p className={styles.listEmpty}>and {count - SHOWN} more</p>}
    </section>
  );
}

function QueueItem(props: {
  readonly live: LiveClient;
  readonly conversation: WireConversation;
  readonly now: number;
}) {
  const { live, conversation } = props;
  const [busy, setBusy] = useState(false);
  const name = visitorName(conversation.sessionId);
  const waitedMs = props.now - Date.parse(conversation.queuedAt);
  const accept = async (): Promise<void> => {
    setBusy(true);
    await attempt(() => live.accept(conversation.id));
    setBusy(false);
  };
  return (
    <div className={styles.waiting}>
      <VisitorBadge sessionId={conversation.sessionId} online={conversation.visitorOnline} />
      <span className={styles.itemText}>
        <span className={styles.itemName}>{name}</span>
        <span className={styles.waitingTime} data-long={waitedMs > LONG_WAIT_MS || undefined}>
          waiting {formatDuration(waitedMs)}
        </span>
      </span>
      <Button size="xs" loading={busy} onClick={() => void accept()} aria-label={`Accept ${name}`}>
        Accept
      </Button>
    </div>
  );
}
