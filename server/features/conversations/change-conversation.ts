import { type Conversation, Refusal } from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { ChangeBus, ConversationStore } from '../../ports/index.ts';

/** A write that keeps losing its race is given up after so many tries. */
const MAX_TRIES = 8;

export interface ConversationChangerDeps {
  readonly conversations: ConversationStore;
  readonly lanes: Lanes;
  readonly bus: ChangeBus;
}

/**
 * Changes a conversation by one conditional write, read again and repeated when another was quicker. The
 * change function decides on the newest state each time and throws a Refusal to stop; returning the very
 * same object means that nothing is to be written.
 */
export class ConversationChanger {
  readonly #deps: ConversationChangerDeps;

  constructor(deps: ConversationChangerDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal `not_found`, `conflict`, or what `change` throws */
  async change<Next extends Conversation>(
    ref: { accountId: string; conversationId: string },
    change: (current: Conversation) => Next,
  ): Promise<Next> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const current = await this.#deps.conversations.get(ref.accountId, ref.conversationId);
      if (current === undefined) throw new Refusal('not_found');
      const next = change(current);
      if ((next as Conversation) === current) return next;
      if (await this.#deps.conversations.replace(next)) {
        this.#deps.lanes.update(next);
        const { id: conversationId, version } = next;
        this.#deps.bus.publish({ kind: 'conversation', conversationId, version });
        return next;
      }
    }
    throw new Refusal('conflict');
  }
}
