import { createStore, type Store } from '../../live/store.ts';

const BASE = '/console';

/** Which scene is shown, kept in the page's address. Addresses hold scene names and ids, never anything typed in. */
export interface Router {
  /** Parts after `/console/`, e.g. `['transcripts', '<id>']`. */
  readonly route: Store<readonly string[]>;
  navigate(...parts: readonly string[]): void;
  hrefOf(...parts: readonly string[]): string;
  close(): void;
}

/** Makes the router of a window. */
export function createRouter(win: Window): Router {
  const read = (): readonly string[] => win.location.pathname.slice(BASE.length).split('/').filter(Boolean);
  const route = createStore(read());
  const onPop = (): void => route.set(read());
  win.addEventListener('popstate', onPop);
  const hrefOf = (...parts: readonly string[]): string => [BASE, ...parts.map(encodeURIComponent)].join('/');
  return {
    route,
    hrefOf,
    navigate(...parts) {
      const href = hrefOf(...parts);
      if (href !== win.location.pathname) win.history.pushState(null, '', href);
      route.set(parts);
    },
    close: () => win.removeEventListener('popstate', onPop),
  };
}
