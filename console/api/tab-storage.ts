import type { TokenStorage } from './session.ts';

const TOKEN_KEY = 'engage.console.session';
const CLAIM_WAIT_MS = 1_500;

interface Kept {
  /** Names this tab's session for the lock below; says nothing about the token. */
  readonly tab: string;
  readonly refreshToken: string;
}

/**
 * Keeps the refresh token in `sessionStorage`: it survives a reload, is never written to a disk profile that
 * outlives the browser window, isn't sent by the browser on its own (unlike a cookie) and is gone with the tab.
 * Each tab signs in by itself, so one tab's rotation never invalidates another's token. A duplicated tab gets a
 * copy of the storage, and would use the token a second time; {@link claimTab} finds that out first.
 */
export function tabStorage(storage: Storage): TokenStorage {
  const tab = randomId();
  return {
    load: () => read(storage)?.refreshToken,
    save: (refreshToken) => {
      const kept: Kept = { tab: read(storage)?.tab ?? tab, refreshToken };
      storage.setItem(TOKEN_KEY, JSON.stringify(kept));
    },
    clear: () => storage.removeItem(TOKEN_KEY),
  };
}

/**
 * Makes sure that no other living tab uses the session found in the storage, by a lock that is held as long as
 * this page lives. Where it is taken, the copy is dropped.
 * @returns false when this tab is a duplicate and must sign in by itself.
 */
export async function claimTab(storage: Storage): Promise<boolean> {
  const kept = read(storage);
  if (kept === undefined || !('locks' in navigator)) return true;
  const claimed = await holdLock(`${TOKEN_KEY}:${kept.tab}`);
  if (!claimed) storage.removeItem(TOKEN_KEY);
  return claimed;
}

/** A reload may meet its own former page for a moment; hence the wait. */
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

function read(storage: Storage): Kept | undefined {
  try {
    const kept = JSON.parse(storage.getItem(TOKEN_KEY) ?? 'null') as Kept | null;
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
