import type {
  ErrorCode,
  PresenceStatus,
  WireConversation,
  WireMessage,
  WirePresence,
} from '../../shared/protocol/index.ts';

/** How the socket stands. `refused` needs a person: the server will not let this user in. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

/** What the user wants to be, as said by the user and not by the network. */
export interface PresenceIntent {
  readonly status: PresenceStatus;
  readonly capacity?: number;
}

/** A line that the server has not acknowledged yet. */
export interface PendingLine {
  readonly clientId: string;
  readonly kind: 'text' | 'note';
  readonly text: string;
  readonly at: string;
  /** Why the server will not take it; undefined while it is under way. */
  readonly refusal?: string;
}

/** One conversation on the desk. */
export interface Chat {
  readonly conversation: WireConversation;
  /** In `seq` order, each seq once. */
  readonly messages: readonly WireMessage[];
  /** Every seq from 1 to this one is here; resume asks for what follows. */
  readonly contiguousSeq: number;
  readonly pending: readonly PendingLine[];
  /** Highest seq that this agent has looked at. */
  readonly readSeq: number;
  /** Highest seq that the visitor has seen. */
  readonly visitorSeenSeq: number;
  /** What the visitor is writing just now; the preview is redacted by the server. */
  readonly typing?: { readonly text: string };
  /** The first answer to `chat:resume` has arrived. */
  readonly loaded: boolean;
  /** Somebody else's chat that this supervisor follows. */
  readonly watched: boolean;
}

export interface LiveState {
  readonly connection: Connection;
  readonly intent?: PresenceIntent;
  /** Presence as the server last told it, by agent id. */
  readonly presence: Readonly<Record<string, WirePresence>>;
  /** Longest waiting first; the server lists so many and no more. */
  readonly queue: readonly WireConversation[];
  /** How many wait in all, as last told. */
  readonly queueLength: number;
  readonly chats: Readonly<Record<string, Chat>>;
  /** Ids of the chats on the desk, oldest assignment first, so that the list doesn't jump. */
  readonly order: readonly string[];
  readonly selectedId?: string;
  /** What the user may do, once the server has told a change of it. */
  readonly authorizations?: readonly string[];
}

export const INITIAL_STATE: LiveState = {
  connection: { kind: 'connecting' },
  presence: {},
  queue: [],
  queueLength: 0,
  chats: {},
  order: [],
};

/** The server lists no more than this of a queue. */
const LISTED_QUEUE = 200;

/** How many wait: counted where the list is whole, told by the server where it is not. */
export function waitingCount({ queue, queueLength }: LiveState): number {
  return queue.length < LISTED_QUEUE ? queue.length : Math.max(queue.length, queueLength);
}

/** Whether something was written that the server does not have yet. */
export function hasUnsent(state: LiveState): boolean {
  return Object.values(state.chats).some((chat) => chat.pending.length > 0);
}

/** Messages of the visitor that this agent has not looked at. */
export function unreadOf(chat: Chat): number {
  return chat.messages.filter((m) => m.seq > chat.readSeq && m.from.kind === 'visitor').length;
}

/** Unread messages over all chats. */
export function totalUnread(state: LiveState): number {
  return Object.values(state.chats).reduce((sum, chat) => sum + unreadOf(chat), 0);
}
