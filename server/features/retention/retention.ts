import { Refusal } from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type {
  AttachmentStore,
  Clock,
  Logger,
  MessageStore,
  Metrics,
  PurgeCounts,
  RetentionStore,
} from '../../ports/index.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { LiveVisitors } from '../visitors/live-visitors.ts';

/** Records of one kind ended or deleted in one step, so that no write is long and none goes that was not ended. */
const PURGE_STEP = 1_000;

export interface RetentionDeps {
  readonly store: RetentionStore;
  readonly messages: Pick<MessageStore, 'deleteConversation'>;
  readonly attachments: Pick<AttachmentStore, 'deleteConversation'>;
  readonly lanes: Lanes;
  readonly live: LiveVisitors;
  readonly conversations: Conversations;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Deletes in time whatever has reached its end; the database's own expiry is a second defence, not the only one. */
export class Retention {
  readonly #deps: RetentionDeps;
  #running: Promise<void> | undefined;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  /** One round: ends what has expired, then deletes. A call while one runs joins it. */
  async purge(): Promise<void> {
    this.#running ??= this.#purge().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #purge(): Promise<void> {
    const now = this.#deps.clock.now();
    let ended: number;
    let counts: PurgeCounts;
    do {
      ended = await this.#endExpired(now);
      counts = await this.#deps.store.purge(now, PURGE_STEP);
      this.#count(counts);
    } while (ended === PURGE_STEP || Object.values(counts).some((count) => count >= PURGE_STEP));
  }

  /**
   * Live parties of an expired conversation see it close before it goes; its key leaves the memory. Its messages are
   * deleted by name, because one that was being written when the retention changed may carry the older date.
   * Answers how many there were.
   */
  async #endExpired(now: number): Promise<number> {
    const expired = await this.#deps.store.expiredConversations(now, PURGE_STEP);
    for (const { accountId, id: conversationId } of expired) {
      try {
        const closed = await this.#deps.conversations.close({ accountId, conversationId }, 'system');
        this.#deps.live.unfollow(closed.sessionId, true);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
      const lane = this.#deps.lanes.peek(conversationId);
      if (lane !== undefined) lane.gone = true;
      this.#deps.lanes.drop(conversationId);
      await this.#deps.messages.deleteConversation(conversationId);
      await this.#deps.attachments.deleteConversation(conversationId);
    }
    return expired.length;
  }

  #count(counts: PurgeCounts): void {
    for (const [kind, count] of Object.entries(counts)) {
      if (count > 0) this.#deps.metrics.count('records_purged_total', { kind }, count);
    }
  }
}
