/** Keeps the visitor's opaque token; remembers it on the device only once the visitor has interacted. */
export interface TokenStore {
  readonly token: string | undefined;
  set(token: string): void;
  /** Drops a token that the server cannot read; the next one takes its place on the device. */
  forget(): void;
  /** From the first interaction on, the token is kept on the device. */
  allowKeeping(): void;
}

/** The part of `Storage` that is used. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Storage may be missing or forbidden (private modes, third-party blocking); then nothing is kept. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/**
 * The token of one site in one key. A token found on the device was put there by an earlier visit, so the
 * visitor has interacted already and its successor is kept as well.
 */
export function createTokenStore(siteKey: string, storage: () => KeyValueStore): TokenStore {
  const key = `engage.visitor.${siteKey}`;
  let token = attempt(() => storage().getItem(key)) ?? undefined;
  let mayKeep = token !== undefined;
  const keep = () => {
    const value = token;
    if (mayKeep && value !== undefined) attempt(() => storage().setItem(key, value));
  };
  return {
    get token() {
      return token;
    },
    set: (next) => {
      token = next;
      keep();
    },
    forget: () => {
      token = undefined;
    },
    allowKeeping: () => {
      if (mayKeep) return;
      mayKeep = true;
      keep();
    },
  };
}
