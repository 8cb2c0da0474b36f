import { useConsole } from '../shell/console-context.tsx';
import { Link } from '../shell/link.tsx';
import styles from './tabs.module.css';

/** A part of a scene, with an address of its own. */
export interface Tab {
  /** What stands behind the scene in the address; undefined: nothing, it is the first part. */
  readonly part: string | undefined;
  readonly label: string;
  /** Shown to those who have this authorization; undefined: to everyone. */
  readonly needs?: string;
}

/** Where in a scene one can go. */
export function Tabs(props: {
  /** Names the navigation for those who do not see it. */
  readonly label: string;
  /** Path of the scene. */
  readonly scene: string;
  readonly tabs: readonly Tab[];
  /** Where one is. */
  readonly part: string | undefined;
}) {
  const { can } = useConsole();
  return (
    <nav aria-label={props.label} className={styles.tabs}>
      {props.tabs
        .filter(({ needs }) => needs === undefined || can(needs))
        .map(({ part, label }) => (
          <Link
            key={label}
            to={part === undefined ? [props.scene] : [props.scene, part]}
            className={styles.tab}
            aria-current={part === props.part ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
    </nav>
  );
}
