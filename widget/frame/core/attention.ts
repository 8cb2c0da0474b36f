import type { Ask } from './link.ts';
import type { ChatStore } from './store.ts';
import { lastOtherSeq } from './timeline.ts';

/** Keeps count of what the visitor has not seen, and tells the agent's side what they have. */
export interface Attention {
  /** Whether the lines are before the visitor's eyes. */
  watching(watches: boolean): void;
  /** So many lines of the other side have come. */
  arrived(count: number): void;
  /** Tells the newest seen line, unless that was done. */
  report(): void;
  reset(): void;
}

export function createAttention({ store, ask }: { store: ChatStore; ask: Ask }): Attention {
  let watches = false;
  let reportedSeq = 0;

  const report = () => {
    const conversationId = store.conversation?.id;
    const seq = lastOtherSeq(store.state.timeline);
    const online = store.state.connection === 'online';
    if (!watches || !online || conversationId === undefined || seq <= reportedSeq) return;
    reportedSeq = seq;
    void ask('message:seen', { conversationId, seq }).then((answer) => {
      if (answer === undefined && store.isCurrent(conversationId)) reportedSeq = 0;
    });
  };

  return {
    report,
    watching: (now) => {
      watches = now;
      if (now && store.state.unread > 0) store.update({ unread: 0 });
      report();
    },
    arrived: (count) => {
      if (!watches && count > 0) store.update({ unread: store.state.unread + count });
      report();
    },
    reset: () => {
      reportedSeq = 0;
    },
  };
}
