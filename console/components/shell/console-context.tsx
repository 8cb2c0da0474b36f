import { createContext, useContext } from 'react';
import type { SignedInUser } from '../../../shared/protocol/index.ts';
import type { Api } from '../../api/calls.ts';
import type { OwnApi } from '../../api/own-security.ts';
import type { Session } from '../../api/session.ts';
import type { LiveClient } from '../../live/live-client.ts';
import type { Store } from '../../live/store.ts';
import type { Preferences } from './preferences.ts';
import type { Router } from './router.ts';

/** What a message being written looks like; kept in memory only, so that changing chats or scenes loses nothing. */
export interface Draft {
  readonly text: string;
  readonly note: boolean;
}

/** Everything a scene may use, for the account that is worked in. */
export interface ConsoleServices {
  readonly session: Session;
  readonly user: SignedInUser;
  readonly account: SignedInUser['accounts'][number];
  readonly switchAccount: (id: string) => void;
  readonly api: Api;
  /** The signed-in user's own password, second factor and sign-ins. */
  readonly own: OwnApi;
  /** The live side; there only for those who handle conversations. */
  readonly live: LiveClient | undefined;
  readonly router: Router;
  readonly preferences: Store<Preferences>;
  readonly drafts: Store<Readonly<Record<string, Draft>>>;
  /** Whether the signed-in user is allowed to do this here. */
  readonly can: (authorization: string) => boolean;
}

export const ConsoleContext = createContext<ConsoleServices | undefined>(undefined);

/** The services of the signed-in console. */
export function useConsole(): ConsoleServices {
  const services = useContext(ConsoleContext);
  if (services === undefined) throw new Error('used outside the signed-in console');
  return services;
}

/** The live side, where a scene is shown only to those who have it. */
export function useLive(): LiveClient {
  const { live } = useConsole();
  if (live === undefined) throw new Error('there is no live side for this user');
  return live;
}
