import type { PresenceStatus } from '../../../shared/protocol/index.ts';
import type { LiveClient } from '../../live/live-client.ts';
import { useStore } from '../common/use-store.ts';
import { useConsole } from './console-context.tsx';

export interface OwnPresence {
  /** undefined until the server or the user has said it. */
  readonly status: PresenceStatus | undefined;
  readonly capacity: number | undefined;
  /** Chats that take up the capacity now. */
  readonly active: number;
}

/** The signed-in agent's presence: what they chose in this tab, else what the server last told. */
export function usePresence(live: LiveClient): OwnPresence {
  const { user } = useConsole();
  const presence = useStore(live.state, (state) => state.presence[user.id]);
  const intent = useStore(live.state, (state) => state.intent);
  return {
    status: intent?.status ?? presence?.status,
    capacity: intent?.capacity ?? presence?.capacity,
    active: presence?.active ?? 0,
  };
}
