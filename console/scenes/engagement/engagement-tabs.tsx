import { Link } from '../../components/shell/link.tsx';
import styles from './engagement.module.css';

const TABS = [
  { part: undefined, label: 'Rules' },
  { part: 'funnel', label: 'Funnel' },
  { part: 'versions', label: 'Versions' },
] as const;

/** Where in the scene one can go. */
export function EngagementTabs({ part }: { readonly part: (typeof TABS)[number]['part'] }) {
  return (
    <nav aria-label="Engagement" className={styles.tabs}>
      {TABS.map((tab) => (
        <Link
          key={tab.label}
          to={tab.part === undefined ? ['engagement'] : ['engagement', tab.part]}
          className={styles.tab}
          aria-current={tab.part === part ? 'page' : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
