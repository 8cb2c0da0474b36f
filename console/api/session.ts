import {
  API_BASE,
  type BegunProviderSignIn,
  type SecondFactorChallenge,
  type SecondFactorSignIn,
  type SignedInUser,
  type SignIn,
  type TotpSetup,
  type WireIdentityProvider,
} from '../../shared/protocol/index.ts';
import { createStore, type Store } from '../live/store.ts';
import { ApiError, errorFrom, messageOf, networkError } from './problem.ts';

/** Where the refresh token survives a reload of the page. */
export interface TokenStorage {
  load(): string | undefined;
  save(refreshToken: string): void;
  clear(): void;
}

/** Who is signed in, as the interface sees it. */
export type SessionState =
  | { readonly kind: 'restoring' }
  | {
      readonly kind: 'signed-out';
      readonly notice?: string;
      /** The first factor was right: a second one is asked for. */
      readonly challenge?: Challenge;
    }
  | { readonly kind: 'signed-in'; readonly user: SignedInUser };

export type Challenge = SecondFactorChallenge['secondFactor'];

/** A sign-in that is done, but for the user's having kept the recovery codes that it came with. */
export interface FinishedSignIn {
  readonly recoveryCodes: readonly string[];
  enter(): void;
}

export interface SessionDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly storage: TokenStorage;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Sign-in, silent renewal and sign-out. The access token lives in memory only. */
export interface Session {
  readonly state: Store<SessionState>;
  /** Continues the session of this tab after a reload, or ends in `signed-out`. */
  restore(): Promise<void>;
  /** Ends signed in, or with a challenge in the state. Like all below, throws ApiError. */
  signIn(credentials: { email: string; password: string }): Promise<void>;
  finishSecondFactor(challenge: string, code: string): Promise<FinishedSignIn>;
  setUpSecondFactor(challenge: string): Promise<TotpSetup>;
  /** Back to the first step. */
  dropChallenge(): void;
  providers(): Promise<readonly WireIdentityProvider[]>;
  beginProviderSignIn(): Promise<BegunProviderSignIn>;
  /** Ends signed in, or with a challenge or a notice in the state. */
  finishProviderSignIn(answer: object): Promise<void>;
  setPassword(reset: { token: string; newPassword: string }): Promise<void>;
  signOut(notice?: string): Promise<void>;
  /**
   * An access token that is good for a while. `rejected` names one that the server has just refused.
   * @throws ApiError `network` when the server is away; otherwise the session has ended.
   */
  accessToken(rejected?: string): Promise<string>;
}

/** An access token this close to its end is renewed before use, so that it survives the request. */
const RENEW_BEFORE_MS = 30_000;
const EXPIRED_NOTICE = 'Your session has ended. Please sign in again.';

interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly accessUntil: number;
}

/** Makes the session of one browser tab. */
export function createSession({ fetch, storage, now }: SessionDeps): Session {
  const state = createStore<SessionState>({ kind: 'restoring' });
  let tokens: Tokens | undefined;
  let renewal: Promise<string> | undefined;
  /** Counts sign-outs: an answer that was under way when the user left must not bring the session back. */
  let epoch = 0;

  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(`${API_BASE}${path}`, init).catch(() => {
      throw networkError();
    });
    if (!response.ok) throw await errorFrom(response);
    return response;
  };

  const post = (path: string, body: object): Promise<Response> =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const adopt = (answer: SignIn): string => {
    tokens = {
      access: answer.accessToken,
      refresh: answer.refreshToken,
      accessUntil: now() + answer.expiresIn * 1000,
    };
    storage.save(answer.refreshToken);
    state.set({ kind: 'signed-in', user: answer.user });
    return answer.accessToken;
  };

  const adoptOrAsk = async (response: Response): Promise<void> => {
    const answer = (await response.json()) as SignIn | SecondFactorChallenge;
    if ('secondFactor' in answer) state.set({ kind: 'signed-out', challenge: answer.secondFactor });
    else adopt(answer);
  };

  const end = (notice?: string): void => {
    epoch += 1;
    tokens = undefined;
    storage.clear();
    state.set(notice === undefined ? { kind: 'signed-out' } : { kind: 'signed-out', notice });
  };

  const renew = async (refreshToken: string): Promise<string> => {
    const startedIn = epoch;
    try {
      const response = await post('/auth/refresh', { refreshToken });
      const answer = (await response.json()) as SignIn;
      if (startedIn !== epoch) throw signedOutError();
      return adopt(answer);
    } catch (error) {
      if (
        startedIn === epoch &&
        error instanceof ApiError &&
        error.status >= 400 &&
        error.status < 500 &&
        error.status !== 429
      ) {
        end(EXPIRED_NOTICE);
      }
      throw error;
    }
  };

  /** A refresh token works once: whoever needs a token while a renewal runs waits for that one. */
  const renewOnce = (refreshToken: string): Promise<string> => {
    renewal ??= renew(refreshToken).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };

  return {
    state,
    async restore() {
      const refreshToken = storage.load();
      if (refreshToken === undefined) return end();
      try {
        await renewOnce(refreshToken);
      } catch (error) {
        if (state.get().kind !== 'restoring') return;
        // The token stays: the server is away, and a reload may find it back.
        state.set({ kind: 'signed-out', notice: error instanceof ApiError ? error.message : EXPIRED_NOTICE });
      }
    },
    async signIn(credentials) {
      await adoptOrAsk(await post('/auth/login', credentials));
    },
    async finishSecondFactor(challenge, code) {
      const response = await post('/auth/second-factor', { challenge, code });
      const answer = (await response.json()) as SecondFactorSignIn;
      return { recoveryCodes: answer.recoveryCodes ?? [], enter: () => void adopt(answer) };
    },
    async setUpSecondFactor(challenge) {
      const response = await post('/auth/second-factor/setup-at-sign-in', { challenge });
      return (await response.json()) as TotpSetup;
    },
    dropChallenge: () => state.set({ kind: 'signed-out' }),
    async providers() {
      const response = await ask('/auth/providers', { method: 'GET' });
      return ((await response.json()) as { items: readonly WireIdentityProvider[] }).items;
    },
    async beginProviderSignIn() {
      const response = await ask('/auth/oidc/begin', { method: 'POST' });
      return (await response.json()) as BegunProviderSignIn;
    },
    async finishProviderSignIn(answer) {
      try {
        await adoptOrAsk(await post('/auth/oidc/finish', answer));
      } catch (error) {
        end(messageOf(error));
      }
    },
    async setPassword(reset) {
      await post('/auth/password-reset', reset);
    },
    async signOut(notice) {
      const refreshToken = tokens?.refresh;
      end(notice);
      if (refreshToken === undefined) return;
      // Told as a courtesy; without an answer the token still runs out by itself.
      await post('/auth/logout', { refreshToken }).catch(() => undefined);
    },
    async accessToken(rejected) {
      if (tokens === undefined) throw signedOutError();
      if (tokens.access !== rejected && tokens.accessUntil - now() > RENEW_BEFORE_MS) return tokens.access;
      return renewOnce(tokens.refresh);
    },
  };
}

function signedOutError(): ApiError {
  return new ApiError({ status: 401, code: 'auth.required', detail: EXPIRED_NOTICE });
}
