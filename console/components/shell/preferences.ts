import { createStore, type Store } from '../../live/store.ts';

/** How this browser treats its user. Nothing here is about customers. */
export interface Preferences {
  readonly desktopNotifications: boolean;
  readonly sound: boolean;
  readonly singleKeyShortcuts: boolean;
}

const KEY = 'engage.console.preferences';
const DEFAULTS: Preferences = { desktopNotifications: false, sound: false, singleKeyShortcuts: true };

/** Preferences kept in the browser; notifications and sound are off until asked for. */
export function createPreferences(storage: Storage): Store<Preferences> {
  const store = createStore<Preferences>({ ...DEFAULTS, ...read(storage) });
  store.subscribe(() => storage.setItem(KEY, JSON.stringify(store.get())));
  return store;
}

function read(storage: Storage): Partial<Preferences> {
  try {
    return (JSON.parse(storage.getItem(KEY) ?? '{}') ?? {}) as Partial<Preferences>;
  } catch {
    return {};
  }
}
