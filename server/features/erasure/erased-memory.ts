import type { Lanes } from '../../pipeline/lanes.ts';
import type { Broadcaster, Change, ChangeBus } from '../../ports/index.ts';
import { presentChatUpdate, presentConversation } from '../../presenters/conversation-presenter.ts';
import type { LiveVisitors } from '../visitors/live-visitors.ts';

export interface ErasedMemoryDeps {
  readonly lanes: Pick<Lanes, 'peek' | 'drop' | 'all' | 'end'>;
  readonly live: Pick<LiveVisitors, 'all'>;
  /** Forgets a live session; in memory alone. */
  readonly forgetSession: (sessionId: string) => void;
  /** The sockets of this node; those of others are told there. */
  readonly broadcaster: Pick<Broadcaster, 'toVisitor' | 'toChat' | 'endWatching' | 'disconnectSite'>;
  readonly bus: ChangeBus;
}

/**
 * What this node's memory holds of what was erased, here or on another node: it goes at once, nothing more is taken for
 * it, and whoever had it open sees it end.
 */
export class ErasedMemory {
  readonly #deps: ErasedMemoryDeps;
  readonly #unsubscribe: () => void;

  constructor(deps: ErasedMemoryDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.bus.subscribe((change) => this.#heed(change));
  }

  /** The session that it was of, if this node knows. */
  endConversation(conversationId: string): string | undefined {
    const lane = this.#deps.lanes.peek(conversationId);
    this.#deps.lanes.end(conversationId);
    if (lane === undefined) return undefined;
    const { conversation } = lane;
    const { accountId, sessionId, status } = conversation;
    if (status === 'closed') return sessionId;
    const ended = {
      ...conversation,
      status: 'closed' as const,
      closedAt: conversation.startedAt,
      closedBy: 'system' as const,
    };
    this.#deps.broadcaster.toVisitor({ sessionId }, 'chat:update', presentChatUpdate(ended));
    const agentId = conversation.status === 'active' ? conversation.agentId : undefined;
    const target = { accountId, conversationId, agentId };
    this.#deps.broadcaster.toChat(target, 'chat:update', presentConversation(ended));
    this.#deps.broadcaster.endWatching(conversationId);
    return sessionId;
  }

  endSession(sessionId: string): void {
    this.#deps.forgetSession(sessionId);
  }

  /** Its visitors are cut off; its staff is by what they may do. */
  endAccount(accountId: string): void {
    for (const lane of this.#deps.lanes.all()) {
      if (lane.context.accountId === accountId) this.#deps.lanes.end(lane.id);
    }
    const visitors = [...this.#deps.live.all()].filter((visitor) => visitor.accountId === accountId);
    for (const { sessionId } of visitors) this.#deps.forgetSession(sessionId);
    for (const siteId of new Set(visitors.map((visitor) => visitor.siteId))) {
      this.#deps.broadcaster.disconnectSite(siteId);
    }
  }

  close(): void {
    this.#unsubscribe();
  }

  #heed(change: Change): void {
    if (change.kind === 'erased') {
      this.endConversation(change.conversationId);
      this.endSession(change.sessionId);
    }
    if (change.kind === 'session-erased') this.endSession(change.sessionId);
    if (change.kind === 'account-erased') this.endAccount(change.accountId);
  }
}
