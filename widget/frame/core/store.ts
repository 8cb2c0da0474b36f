import type { ChatState, Conversation } from './state.ts';
import { conversationOf, INITIAL_STATE } from './state.ts';
import { EMPTY_TIMELINE } from './timeline.ts';

/** The one place that holds what the screen shows. */
export interface ChatStore {
  readonly state: ChatState;
  /** The conversation on screen. */
  readonly conversation: Conversation | undefined;
  isCurrent(conversationId: string): boolean;
  update(change: Partial<ChatState>): void;
  /** Takes what the server says of the conversation. Closed is final: late news never opens it again. */
  setConversation(conversation: Conversation): void;
  /** Back to the state before any chat; connection and site stay. */
  leaveConversation(): void;
  subscribe(listener: (state: ChatState) => void): () => void;
  close(): void;
}

export function createChatStore(): ChatStore {
  let state = INITIAL_STATE;
  const listeners = new Set<(state: ChatState) => void>();
  const update = (change: Partial<ChatState>) => {
    state = { ...state, ...change };
    for (const listener of [...listeners]) listener(state);
  };
  return {
    get state() {
      return state;
    },
    get conversation() {
      return conversationOf(state);
    },
    isCurrent: (conversationId) => conversationOf(state)?.id === conversationId,
    update,
    setConversation: (conversation) => {
      const known = conversationOf(state);
      const reopens = known?.id === conversation.id && known.status === 'closed';
      if (reopens && conversation.status !== 'closed') return;
      update({ phase: { name: 'chat', conversation } });
    },
    leaveConversation: () =>
      update({
        phase: { name: 'none' },
        timeline: EMPTY_TIMELINE,
        seenSeq: 0,
        unread: 0,
        agentTyping: false,
        ending: false,
        rating: 'none',
      }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
}
