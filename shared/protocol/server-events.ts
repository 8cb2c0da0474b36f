import type { WirePresence } from './agent-events.ts';
import type { ChatUpdate, WireConversation } from './conversation.ts';
import type { MessageAuthor, WireMessage } from './message.ts';
import type { VisitorsUpdate, WireInvite } from './visitors.ts';

/** A message whose stored text changed, because a later part completed something that must be redacted. */
export interface MessageUpdate {
  readonly conversationId: string;
  readonly seq: number;
  readonly text: string;
  readonly redacted: number;
}

/** Someone is writing; `text` is a redacted preview, to agents only. */
export interface TypingNotice {
  readonly conversationId: string;
  readonly from: MessageAuthor;
  readonly active: boolean;
  readonly text?: string;
}

export interface SeenNotice {
  readonly conversationId: string;
  readonly from: MessageAuthor;
  readonly seq: number;
}

/** What the server sends to a visitor. */
export interface ServerToVisitor {
  'message:new': WireMessage;
  'message:update': MessageUpdate;
  'chat:update': ChatUpdate;
  typing: TypingNotice;
  'message:seen': SeenNotice;
  /** Shown in every tab of the session; again to a tab that connects while it stands. */
  'engagement:invite': WireInvite;
  /** The invitation no longer stands: it was answered in another tab, or a chat has begun. */
  'engagement:withdraw': { readonly inviteId: string };
}

/** What the server sends to staff. */
export interface ServerToAgent {
  /** A conversation waits and this agent may accept it (manual assignment). */
  'chat:offered': WireConversation;
  /** The conversation is now this agent's. */
  'chat:assigned': WireConversation;
  /** With `departmentId`, the queue of that department: for who may see those of some departments alone. */
  'queue:update': { readonly length: number; readonly departmentId?: string };
  'message:new': WireMessage;
  'message:update': MessageUpdate;
  'chat:update': WireConversation;
  typing: TypingNotice;
  'message:seen': SeenNotice;
  'presence:update': WirePresence;
  /** Once a second at the most. */
  'visitor:update': VisitorsUpdate;
  /** What this socket's user may do has been looked up again, because it may have changed. */
  'access:update': { readonly authorizations: readonly string[] };
}
