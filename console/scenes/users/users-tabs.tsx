import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './users.module.css';

const TABS = [
  { part: undefined, label: 'Users', needs: 'user:read' },
  { part: 'roles', label: 'Roles', needs: 'role:read' },
  { part: 'grants', label: 'Access for operators', needs: 'access-grant:read' },
] as const;

/** Where in the scene one can go. */
export function UsersTabs({ part }: { readonly part: (typeof TABS)[number]['part'] }) {
  const { can } = useConsole();
  return (
    <nav aria-label="Users and roles" className={styles.tabs}>
      {TABS.filter(({ needs }) => can(needs)).map((tab) => (
        <Link
          key={tab.label}
          to={tab.part === undefined ? ['users'] : ['users', tab.part]}
          className={styles.tab}
          aria-current={tab.part === part ? 'page' : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
