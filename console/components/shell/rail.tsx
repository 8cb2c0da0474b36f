import type { LiveClient } from '../../live/live-client.ts';
import { totalUnread } from '../../live/state.ts';
import { useStore } from '../common/use-store.ts';
import { useConsole } from './console-context.tsx';
import { Link } from './link.tsx';
import { PresenceMenu } from './presence-menu.tsx';
import { SCENES, type SceneEntry } from './scenes.tsx';
import styles from './shell.module.css';
import { UserMenu } from './user-menu.tsx';

/** The main menu: what this user may open, and who they are. */
export function Rail({ current }: { readonly current: string | undefined }) {
  const { can, live } = useConsole();
  return (
    <div className={styles.rail}>
      <Logo />
      <nav aria-label="Main" className={styles.nav}>
        {SCENES.filter(({ needs, offMenu }) => !offMenu && (needs === undefined || can(needs))).map(
          (scene) => (
            <RailLink key={scene.path} scene={scene} active={scene.path === current} />
          ),
        )}
      </nav>
      <div className={styles.railEnd}>
        {live && <PresenceMenu live={live} />}
        <UserMenu />
      </div>
    </div>
  );
}

function RailLink({ scene, active }: { readonly scene: SceneEntry; readonly active: boolean }) {
  const { live } = useConsole();
  const Icon = scene.icon;
  return (
    <Link
      to={[scene.path]}
      className={styles.railLink}
      aria-current={active ? 'page' : undefined}
      data-active={active || undefined}
    >
      <Icon size={22} stroke={1.7} aria-hidden />
      <span className={styles.railLabel}>{scene.label}</span>
      {scene.path === 'inbox' && live && <UnreadBadge live={live} />}
    </Link>
  );
}

function UnreadBadge({ live }: { readonly live: LiveClient }) {
  const unread = useStore(live.state, totalUnread);
  if (unread === 0) return null;
  return (
    <span className={styles.railBadge}>
      {unread > 99 ? '99+' : unread}
      <span className="visually-hidden"> unread messages</span>
    </span>
  );
}

function Logo() {
  return (
    <svg className={styles.logo} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--rail-active)" />
      <path
        d="M8 10.5A2.5 2.5 0 0 1 10.500 8h11A2.500 2.500 0 0 1 24 10.500v7a2.500 2.500 0 0 1-2.500 2.500H16l-5 4.200V20h-.5A2.500 2.500 0 0 1 8 17.500z"
        fill="#fff"
      />
      <circle cx="12.800" cy="14" r="1.500" fill="var(--rail-active)" />
      <circle cx="19.200" cy="14" r="1.500" fill="var(--rail-active)" />
    </svg>
  );
}
