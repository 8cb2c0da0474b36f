import { applyConversation, dropChat, putChat, select, updateChat } from './desk.ts';
import type { Requests } from './requests.ts';
import type { LiveState } from './state.ts';
import type { Store } from './store.ts';

export interface SupervisingDeps {
  readonly state: Store<LiveState>;
  readonly requests: Requests;
  readonly me: string;
  /** Reads what was said in a chat that is new on the desk. */
  readonly resume: (conversationId: string) => Promise<void>;
}

/** A supervisor's part of the live side: the chats of others, watched and taken over. */
export class Supervising {
  readonly #deps: SupervisingDeps;

  constructor(deps: SupervisingDeps) {
    this.#deps = deps;
  }

  /** Lays somebody else's chat on the desk, to follow it. @throws ActionRefused */
  async watch(conversationId: string): Promise<void> {
    const { state, requests, resume } = this.#deps;
    const conversation = await requests.ask('chat:monitor', { conversationId });
    state.set((current) =>
      updateChat(select(putChat(current, conversation), conversationId), conversationId, (chat) => ({
        ...chat,
        watched: true,
      })),
    );
    await resume(conversationId);
  }

  /** The server forgets with the connection who watches. Takes off the desk what may not be watched any more. */
  async watchAgain(conversationId: string): Promise<void> {
    const { state, requests } = this.#deps;
    if (state.get().chats[conversationId]?.watched !== true) return;
    await requests.ask('chat:monitor', { conversationId }).catch((error: unknown) => {
      state.set((current) => dropChat(current, conversationId));
      throw error;
    });
  }

  /** Follows the chat no longer. */
  stop(conversationId: string): void {
    if (this.#deps.state.get().chats[conversationId]?.watched !== true) return;
    this.#deps.requests.tell('chat:monitor', { conversationId, active: false });
  }

  /** The chat is this user's from now on. @throws ActionRefused */
  async takeOver(conversationId: string): Promise<void> {
    const { state, requests, me, resume } = this.#deps;
    const conversation = await requests.ask('chat:takeover', { conversationId });
    this.stop(conversationId);
    state.set((current) =>
      updateChat(
        select(applyConversation(current, conversation, me), conversationId),
        conversationId,
        (chat) => ({ ...chat, watched: false }),
      ),
    );
    await resume(conversationId);
  }
}
