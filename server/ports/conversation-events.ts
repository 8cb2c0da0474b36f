import type { Conversation, Invitation, Stored } from '../domain/index.ts';

/** Something that happened to a conversation and is done: it stands in the store. */
export type ConversationEvent =
  | {
      readonly name: 'conversation.started' | 'conversation.assigned' | 'conversation.closed';
      readonly conversation: Conversation;
    }
  | {
      readonly name: 'conversation.rated';
      readonly conversation: Conversation;
      /** What the visitor had said before, when they have changed their mind. */
      readonly formerRating: number | undefined;
    }
  | { readonly name: 'message.created'; readonly conversation: Conversation; readonly message: Stored }
  | {
      readonly name: 'transcript.erased';
      readonly accountId: string;
      readonly conversationId: string;
    }
  | {
      readonly name: 'visitor.invited';
      readonly accountId: string;
      readonly siteId: string;
      readonly invitation: Invitation;
    };

/** Tells other parts of this process what has happened, once, on the node where it happened. */
export interface ConversationEvents {
  /** Returns at once; what listeners do of it is theirs. Never throws. */
  tell(event: ConversationEvent): void;
  /** The answer ends it. */
  subscribe(listener: (event: ConversationEvent) => void): () => void;
}
