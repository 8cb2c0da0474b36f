import {
  type Conversation,
  Refusal,
  requireMayRead,
  requireWith,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Broadcaster, ConversationStore } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';

export interface WatchingDeps {
  readonly conversations: Pick<ConversationStore, 'get'>;
  readonly broadcaster: Pick<Broadcaster, 'watchChat' | 'unwatchChat'>;
  readonly audit: Pick<Audit, 'byStaff'>;
}

/** Supervisors who follow the chats of others as they happen. */
export class Watching {
  readonly #deps: WatchingDeps;

  constructor(deps: WatchingDeps) {
    this.#deps = deps;
  }

  /**
   * From now on the socket gets what the conversation's agent gets, redacted always; with `active: false` no more.
   * Both are audited, the first before anything is shown.
   * @throws Refusal `not_found`
   */
  async monitor(
    { agent, socketId }: { readonly agent: StaffPrincipal; readonly socketId: string },
    { conversationId, active = true }: { conversationId: string; active?: boolean | undefined },
  ): Promise<Conversation> {
    const { conversations, broadcaster, audit } = this.#deps;
    const conversation = await conversations.get(agent.accountId, conversationId);
    if (conversation === undefined) throw new Refusal('not_found');
    requireWith(agent, 'conversation:supervise', conversation);
    requireMayRead(agent, conversation);
    await audit.byStaff(agent, {
      action: active ? 'conversation.watched' : 'conversation.watch_ended',
      target: { kind: 'conversation', id: conversationId },
    });
    if (active) broadcaster.watchChat(conversationId, socketId);
    else broadcaster.unwatchChat(conversationId, socketId);
    return conversation;
  }
}
