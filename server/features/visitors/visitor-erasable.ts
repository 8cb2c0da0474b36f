import type { VisitorSession } from '../../domain/index.ts';
import type { EntityStore, Erasable } from '../../ports/index.ts';
import type { LiveVisitors } from './live-visitors.ts';
import type { Visitors } from './visitors.ts';

/**
 * What visitors did on the sites. It goes with a conversation too: what the conversation's profile says stands there
 * as well. The session itself, which holds no personal data, goes when it is the session that is erased.
 */
export function visitorErasable(parts: {
  readonly live: LiveVisitors;
  readonly visitors: Pick<Visitors, 'forget'>;
  readonly sessions: EntityStore<VisitorSession>;
  /** What others keep of the session. */
  readonly alsoForget: (sessionId: string) => Promise<void>;
}): Erasable {
  const { live, visitors, sessions, alsoForget } = parts;
  const forget = async (sessionId: string): Promise<number> => {
    await alsoForget(sessionId);
    return (await visitors.forget(sessionId)) ? 1 : 0;
  };
  return {
    keeps: 'visitors',
    startsAnew: true,
    erase: async (scope) => {
      if (scope.kind === 'conversation') return forget(scope.sessionId);
      if (scope.kind === 'session') {
        return (await forget(scope.sessionId)) + ((await sessions.delete(scope.sessionId)) ? 1 : 0);
      }
      // The stores are cleared by account; what is in memory must not be written again.
      const here = [...live.all()].filter(({ accountId }) => accountId === scope.accountId);
      let forgotten = 0;
      for (const { sessionId } of here) forgotten += await forget(sessionId);
      return forgotten;
    },
  };
}
