import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './privacy.module.css';

const TABS = [
  { part: undefined, label: 'Requests', needs: 'subject:export' },
  { part: 'certificates', label: 'Certificates', needs: 'certificate:read' },
  { part: 'holds', label: 'Legal holds', needs: 'legal-hold:read' },
  { part: 'expiry', label: 'What goes when', needs: 'retention:read' },
  { part: 'activity', label: 'Addresses', needs: 'activity-log:read' },
] as const;

/** Where in the scene one can go. */
export function PrivacyTabs({ part }: { readonly part: (typeof TABS)[number]['part'] }) {
  const { can } = useConsole();
  return (
    <nav aria-label="Privacy" className={styles.tabs}>
      {TABS.filter(({ needs }) => can(needs)).map((tab) => (
        <Link
          key={tab.label}
          to={tab.part === undefined ? ['privacy'] : ['privacy', tab.part]}
          className={styles.tab}
          aria-current={tab.part === part ? 'page' : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
