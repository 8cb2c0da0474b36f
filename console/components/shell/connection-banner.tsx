import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { ERRORS } from '../../../shared/protocol/index.ts';
import type { LiveClient } from '../../live/live-client.ts';
import { useStore } from '../common/use-store.ts';
import styles from './shell.module.css';

/** A short cut heals by itself before anyone needs to read about it. */
const PATIENCE_MS = 1_500;

/** Says that the line is cut, and that nothing written is lost. */
export function ConnectionBanner({ live }: { readonly live: LiveClient }) {
  const connection = useStore(live.state, (state) => state.connection);
  const [lasting, setLasting] = useState(false);
  const cut = connection.kind === 'reconnecting';
  useEffect(() => {
    setLasting(false);
    if (!cut) return;
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [cut]);
  return (
    <div role="status" className={styles.bannerSlot}>
      {cut && lasting && (
        <div className={styles.banner}>
          <IconPlugConnectedX size={18} aria-hidden />
          Reconnecting. What you write is kept and sent when the connection is back.
        </div>
      )}
      {connection.kind === 'refused' && (
        <div className={styles.banner}>
          <IconPlugConnectedX size={18} aria-hidden />
          The server does not let you in: {ERRORS[connection.code].help}
        </div>
      )}
    </div>
  );
}
