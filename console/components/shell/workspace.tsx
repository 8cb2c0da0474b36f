import { IconLock } from '@tabler/icons-react';
import { Suspense, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { SignedInUser } from '../../../shared/protocol/index.ts';
import { createApi } from '../../api/calls.ts';
import { createOwnApi } from '../../api/own-security.ts';
import type { LiveClient } from '../../live/live-client.ts';
import { totalUnread } from '../../live/state.ts';
import { createStore, type Store } from '../../live/store.ts';
import { Empty, Waiting } from '../common/scene.tsx';
import { useStore } from '../common/use-store.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { ConsoleContext, type ConsoleServices, type Draft } from './console-context.tsx';
import type { PageServices } from './page-services.ts';
import type { Preferences } from './preferences.ts';
import { Rail } from './rail.tsx';
import { SCENES, type SceneEntry } from './scenes.tsx';
import styles from './shell.module.css';
import { ShortcutHelp } from './shortcut-help.tsx';
import { useLiveClient } from './use-live-client.ts';
import { ShortcutContext, ShortcutRegistry, useShortcuts } from './use-shortcuts.ts';

const PRODUCT = 'Engagement console';

type Account = SignedInUser['accounts'][number];

interface WorkspaceProps {
  readonly page: PageServices;
  readonly user: SignedInUser;
  readonly account: Account;
  readonly switchAccount: (id: string) => void;
}

/** The signed-in console for one account. A change of account builds it anew. */
export function Workspace({ page, user, account, switchAccount }: WorkspaceProps) {
  const live = useLiveClient({ page, user, account });
  const registry = useMemo(() => new ShortcutRegistry(), []);
  const drafts = useMemo(() => createStore<Readonly<Record<string, Draft>>>({}), []);
  const authorizations = useAuthorizations(account, live);
  const api = useMemo(() => createApi(page.http, account.id), [page.http, account.id]);
  const services = useMemo<ConsoleServices>(
    () => ({
      ...page,
      user,
      account,
      switchAccount,
      live,
      drafts,
      api,
      own: createOwnApi(page.http),
      can: (authorization) => authorizations.includes(authorization),
    }),
    [page, user, account, switchAccount, live, drafts, api, authorizations],
  );
  return (
    <ConsoleContext value={services}>
      <ShortcutContext value={registry}>
        <Frame services={services} registry={registry} live={live} />
      </ShortcutContext>
    </ConsoleContext>
  );
}

const NEVER = (): (() => void) => () => undefined;

/** What the user may do here: as they signed in, and as the server has told since. */
function useAuthorizations(account: Account, live: LiveClient | undefined): readonly string[] {
  return useSyncExternalStore(
    live?.state.subscribe ?? NEVER,
    () => live?.state.get().authorizations ?? account.authorizations,
  );
}

function Frame(props: {
  readonly services: ConsoleServices;
  readonly registry: ShortcutRegistry;
  readonly live: LiveClient | undefined;
}) {
  const { services, registry, live } = props;
  const [helpOpen, setHelpOpen] = useState(false);
  const route = useStore(services.router.route);
  const allowed = SCENES.filter(({ needs }) => needs === undefined || services.can(needs));
  const scene =
    allowed.find(({ path }) => path === route[0]) ?? (route.length === 0 ? allowed[0] : undefined);
  useKeyboard(services.preferences, registry);
  useShortcuts([
    { keys: '?', about: 'Show these shortcuts', group: 'Everywhere', run: () => setHelpOpen(true) },
    ...allowed.map(({ key, label, path }) => ({
      keys: `g ${key}`,
      about: `Go to ${label.toLowerCase()}`,
      group: 'Everywhere',
      run: () => services.router.navigate(path),
    })),
  ]);
  useTitle(scene, live);
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <Rail current={scene?.path} />
      <main id="main" tabIndex={-1} className={styles.main}>
        {live && <ConnectionBanner live={live} />}
        <div className={styles.scene}>
          <Suspense fallback={<Waiting />}>{scene ? <scene.view key={scene.path} /> : <NotHere />}</Suspense>
        </div>
      </main>
      <ShortcutHelp
        opened={helpOpen}
        onClose={() => setHelpOpen(false)}
        shortcuts={helpOpen ? registry.list() : []}
      />
    </div>
  );
}

function NotHere() {
  return (
    <Empty icon={<IconLock size={28} />} title="Nothing to see here">
      This page does not exist, or your roles do not include it.
    </Empty>
  );
}

function useKeyboard(preferences: Store<Preferences>, registry: ShortcutRegistry): void {
  const enabled = useStore(preferences, (current) => current.singleKeyShortcuts);
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && registry.handle(event)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [enabled, registry]);
}

/** The tab says which scene it shows, and how many messages are unread. */
function useTitle(scene: SceneEntry | undefined, live: LiveClient | undefined): void {
  const label = scene?.label;
  useEffect(() => {
    const show = (): void => {
      const unread = live === undefined ? 0 : totalUnread(live.state.get());
      const parts = label === undefined ? [PRODUCT] : [label, PRODUCT];
      document.title = `${unread > 0 ? `(${unread}) ` : ''}${parts.join(' · ')}`;
    };
    show();
    return live?.state.subscribe(show);
  }, [label, live]);
}
