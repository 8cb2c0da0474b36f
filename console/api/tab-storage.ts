import type { TokenStorage } from './session.ts';

const TOKEN_KEY = 'engage.console.session';
const CLAIM_WAIT_MS = 1_500;

interface Kept {
  /** Names this tab's session for the lock below; says nothing about the token. */
  readonly tab: string;
  readonly refreshToken: string;
}

export interface TabSession {
  readonly storage: TokenStorage;
  /**
   * Makes sure that no other living tab uses the session found in the storage. Where one does, the copy is dropped.
   * @returns false when this tab is a duplicate and must sign in by itself
   */
  claim(): Promise<boolean>;
}

/**
 * Keeps the refresh token in `sessionStorage`: it survives a reload, is gone with the tab and isn't sent by the
 * browser on its own, as a cookie is. Each tab signs in by itself, so that one tab's rotation never invalidates
 * another's token. A duplicated tab gets a copy of the storage and would use the token a second time, which ends the
 * session of both; so every tab holds a lock on its session as long as it lives.
 */
export function createTabSession(store: Storage): TabSession {
  let tab = randomId();
  let held = false;

  const hold = async (): Promise<boolean> => {
    if (held || !('locks' in navigator)) return true;
    held = await holdLock(`${TOKEN_KEY}:${tab}`);
    return held;
  };

  return {
    storage: {
      load: () => read(store)?.refreshToken,
      save(refreshToken) {
        const kept: Kept = { tab, refreshToken };
        store.setItem(TOKEN_KEY, JSON.stringify(kept));
        void hold();
      },
      clear: () => store.removeItem(TOKEN_KEY),
    },
    async claim() {
      const kept = read(store);
      if (kept === undefined) return true;
      const own = tab;
      tab = kept.tab;
      if (await hold()) return true;
      tab = own;
      store.removeItem(TOKEN_KEY);
      return false;
    },
  };
}

/** Holds a lock until the page is gone. A reload may meet its own former page for a moment; hence the wait. */
function holdLock(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { signal: AbortSignal.timeout(CLAIM_WAIT_MS) }, () => {
        resolve(true);
        return new Promise<never>(() => undefined);
      })
      .catch(() => resolve(false));
  });
}

function read(store: Storage): Kept | undefined {
  try {
    const kept = JSON.parse(store.getItem(TOKEN_KEY) ?? 'null') as Kept | null;
    return kept ?? undefined;
  } catch {
    return undefined;
  }
}

/** 128 random bits in hexadecimal; `crypto.randomUUID` is missing on pages without TLS. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
