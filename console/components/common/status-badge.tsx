import type { ConversationStatus } from '../../../shared/protocol/index.ts';
import styles from './status-badge.module.css';

const LABELS: { readonly [Status in ConversationStatus]: string } = {
  queued: 'Waiting',
  active: 'Open',
  closed: 'Closed',
};

/** A conversation's status as a word with a coloured dot. */
export function StatusBadge({ status }: { readonly status: ConversationStatus }) {
  return (
    <span className={styles.badge}>
      <span className={styles.dot} data-status={status} aria-hidden />
      {LABELS[status]}
    </span>
  );
}
