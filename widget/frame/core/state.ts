import type {
  ClosedBy,
  ConversationStatus,
  ErrorCode,
  VisitorSession,
  WireAgent,
} from '../../../shared/protocol/index.ts';
import type { Timeline } from './timeline.ts';
import { EMPTY_TIMELINE } from './timeline.ts';

export type SiteInfo = VisitorSession['site'];

/**
 * How the client stands with the server. `lost` was online before and tries again; `refused` will never
 * work (no such site) and is final.
 */
export type ConnectionState = 'connecting' | 'online' | 'lost' | 'refused';

/** The conversation as the server last told it. */
export interface Conversation {
  readonly id: string;
  readonly caseId?: string;
  readonly status: ConversationStatus;
  readonly agent?: WireAgent;
  readonly queuePosition?: number;
  readonly estimatedWaitMs?: number;
  readonly closedBy?: ClosedBy;
}

/** Where the visitor is: before a chat, asking for one, in one, or after one. */
export type ChatPhase =
  | { readonly name: 'none' }
  | { readonly name: 'starting'; readonly error?: ErrorCode }
  | { readonly name: 'chat'; readonly conversation: Conversation };

/** All that the screen shows. */
export interface ChatState {
  readonly connection: ConnectionState;
  readonly site?: SiteInfo;
  readonly phase: ChatPhase;
  readonly timeline: Timeline;
  readonly agentTyping: boolean;
  /** Highest seq that the agent's side has seen. */
  readonly seenSeq: number;
  /** Lines of the other side that came while nobody looked. */
  readonly unread: number;
  readonly ending: boolean;
  readonly rating: 'none' | 'sending' | 'sent' | 'failed';
}

export const INITIAL_STATE: ChatState = {
  connection: 'connecting',
  phase: { name: 'none' },
  timeline: EMPTY_TIMELINE,
  agentTyping: false,
  seenSeq: 0,
  unread: 0,
  ending: false,
  rating: 'none',
};

/** The conversation on screen, if there is one. */
export function conversationOf(state: ChatState): Conversation | undefined {
  return state.phase.name === 'chat' ? state.phase.conversation : undefined;
}

/** Whether lines can still be added to what is on screen. */
export function isOpen(state: ChatState): boolean {
  return state.phase.name !== 'chat' || state.phase.conversation.status !== 'closed';
}
