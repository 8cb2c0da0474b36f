import { Button } from '@mantine/core';
import { attempt } from '../../components/common/explain.ts';
import { usePresence } from '../../components/shell/use-presence.ts';
import type { LiveClient } from '../../live/live-client.ts';
import styles from './inbox.module.css';

/** Who isn't online waits for chats in vain; this says so. */
export function PresenceHint({ live }: { readonly live: LiveClient }) {
  const { status, capacity } = usePresence(live);
  if (status === 'online') return null;
  const goOnline = (): void => {
    void attempt(() => live.setPresence({ status: 'online', ...(capacity !== undefined && { capacity }) }));
  };
  return (
    <div className={styles.hint}>
      <p>
        {status === undefined
          ? 'New chats come to those who are online.'
          : `You are ${status}: no new chats come.`}
      </p>
      <Button size="xs" onClick={goOnline}>
        Go online
      </Button>
    </div>
  );
}
