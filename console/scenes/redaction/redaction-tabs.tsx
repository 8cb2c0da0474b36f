import { Link } from '../../components/shell/link.tsx';
import styles from './redaction.module.css';

const TABS = [
  { part: undefined, label: 'Rules' },
  { part: 'stored', label: 'Apply to stored' },
  { part: 'report', label: 'Report' },
  { part: 'history', label: 'History' },
] as const;

/** Where in the scene one can go. */
export function RedactionTabs({ part }: { readonly part: (typeof TABS)[number]['part'] }) {
  return (
    <nav aria-label="Redaction" className={styles.tabs}>
      {TABS.map((tab) => (
        <Link
          key={tab.label}
          to={tab.part === undefined ? ['redaction'] : ['redaction', tab.part]}
          className={styles.tab}
          aria-current={tab.part === part ? 'page' : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
