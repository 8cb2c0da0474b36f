import type { ConversationStatus, WireAgent } from './conversation.ts';
import type { SentMessage, WireMessage } from './message.ts';

/** Namespace that visitors connect to. */
export const VISITOR_NAMESPACE = '/visitor';

type Empty = Record<string, never>;

/** What a visitor's client may send on `/visitor`: payload in, acknowledged data out. */
export interface VisitorEvents {
  'page:view': {
    payload: { url: string; title?: string | undefined; referrer?: string | undefined };
    data: Empty;
  };
  'page:activity': {
    payload: {
      /** Deepest point seen of the page, 0 to 100. */
      scrollDepth?: number | undefined;
      idle?: boolean | undefined;
      event?: { name: string; value?: string | number | boolean | undefined } | undefined;
    };
    data: Empty;
  };
  'profile:update': { payload: { fields: Record<string, string> }; data: Empty };
  /** A signed identity (JWT) of the account's own system; its claims become fields that a page's script cannot change. */
  'visitor:identify': { payload: { identity: string }; data: Empty };
  'chat:start': {
    payload: {
      departmentId?: string | undefined;
      prechat?: Record<string, string> | undefined;
      /** The invitation that the chat comes from; its message opens the chat. */
      inviteId?: string | undefined;
    };
    data: {
      conversationId: string;
      caseId: string;
      status: ConversationStatus;
      queuePosition?: number;
      agent?: WireAgent;
    };
  };
  'message:send': { payload: { conversationId: string; clientId: string; text: string }; data: SentMessage };
  'chat:resume': {
    payload: { conversationId: string; afterSeq: number };
    data: ResumedChat;
  };
  typing: { payload: { conversationId: string; active: boolean; text?: string | undefined }; data: Empty };
  'message:seen': { payload: { conversationId: string; seq: number }; data: Empty };
  'chat:end': { payload: { conversationId: string }; data: Empty };
  'chat:rate': {
    payload: { conversationId: string; score: number; comment?: string | undefined };
    data: Empty;
  };
  /** The visitor took the invitation or put it away; only the first answer counts. */
  'invite:answer': { payload: { inviteId: string; accepted: boolean }; data: Empty };
  /** A message left when nobody is online; it waits in the queue. `email` is where to answer to. */
  'offline:submit': {
    payload: { email?: string | undefined; text: string };
    /** `message`: the text as stored, and what was taken out of it. */
    data: { conversationId: string; caseId: string; message: SentMessage };
  };
}

/** The whole state of a chat after `afterSeq`: a client that applies it has missed nothing. */
export interface ResumedChat {
  readonly messages: readonly WireMessage[];
  readonly status: ConversationStatus;
  readonly caseId: string;
  readonly agent?: WireAgent;
  readonly queuePosition?: number;
  /** Highest seq that the other side has seen. */
  readonly seenSeq: number;
}

export type VisitorEventName = keyof VisitorEvents;
