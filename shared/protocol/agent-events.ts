import type { WireConversation } from './conversation.ts';
import type { SentMessage } from './message.ts';
import type { ResumedChat } from './visitor-events.ts';
import type { WireVisitor } from './visitors.ts';

/** Namespace that staff connect to. */
export const AGENT_NAMESPACE = '/agent';

type Empty = Record<string, never>;

export type PresenceStatus = 'online' | 'away' | 'offline';

/** An agent's presence: `active` chats of at most `capacity`. */
export interface WirePresence {
  readonly agentId: string;
  readonly name: string;
  readonly status: PresenceStatus;
  readonly capacity: number;
  readonly active: number;
}

/** What a staff client may send on `/agent`: payload in, acknowledged data out. */
export interface AgentEvents {
  'presence:set': {
    payload: { status: PresenceStatus; capacity?: number | undefined };
    data: WirePresence;
  };
  /** Agents of the account who are online or away, by name. */
  'presence:list': { payload: Empty; data: { items: readonly WirePresence[] } };
  'queue:list': { payload: Empty; data: { items: readonly WireConversation[] } };
  /** The agent's own open conversations. */
  'chat:list': { payload: Empty; data: { items: readonly WireConversation[] } };
  'chat:accept': { payload: { conversationId: string }; data: WireConversation };
  'message:send': { payload: { conversationId: string; clientId: string; text: string }; data: SentMessage };
  'note:add': { payload: { conversationId: string; clientId: string; text: string }; data: SentMessage };
  'chat:resume': {
    payload: { conversationId: string; afterSeq: number };
    data: ResumedChat & { conversation: WireConversation };
  };
  typing: { payload: { conversationId: string; active: boolean }; data: Empty };
  'message:seen': { payload: { conversationId: string; seq: number }; data: Empty };
  'chat:close': { payload: { conversationId: string }; data: WireConversation };
  'chat:tag': { payload: { conversationId: string; tags: string[] }; data: WireConversation };
  /** Who is on the sites now, highest score first, 200 at the most; from then on `visitor:update` comes. */
  'visitor:list': {
    payload: Empty;
    data: { items: readonly WireVisitor[]; total: number };
  };
  /** Invites a visitor by hand; one who has an open invitation or a chat cannot be invited. */
  'visitor:invite': { payload: { sessionId: string; message: string }; data: { inviteId: string } };
  /**
   * Hands an open chat on: to another agent, who must be online and have a place free, or to the queue of another
   * department. The note is for staff and stands in the transcript.
   */
  'chat:transfer': {
    payload: {
      conversationId: string;
      toAgentId?: string | undefined;
      toDepartmentId?: string | undefined;
      note?: string | undefined;
    };
    data: WireConversation;
  };
  /** From now on the socket gets what the chat's agent gets; with `active: false` no more. */
  'chat:monitor': {
    payload: { conversationId: string; active?: boolean | undefined };
    data: WireConversation;
  };
  /** A line to the chat's agent that the visitor never sees; kept as a note. */
  'chat:whisper': { payload: { conversationId: string; clientId: string; text: string }; data: SentMessage };
  /** The chat is the supervisor's from now on. */
  'chat:takeover': { payload: { conversationId: string }; data: WireConversation };
  'chat:case': { payload: { conversationId: string; caseId: string }; data: WireConversation };
}

export type AgentEventName = keyof AgentEvents;
