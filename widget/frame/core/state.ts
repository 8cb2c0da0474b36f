import type {
  ClosedBy,
  ConversationStatus,
  ErrorCode,
  VisitorSession,
  WireAgent,
  WireInvite,
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
  readonly invitation: InvitationState | undefined;
}

/** An invitation from its coming until a chat begins: `open` waits for an answer. */
export interface InvitationState {
  readonly invite: WireInvite;
  readonly answer: 'open' | 'taken' | 'dismissed';
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
  invitation: undefined,
};

/** The invitation that waits for an answer. */
export function openInvite({ invitation }: ChatState): WireInvite | undefined {
  return invitation?.answer === 'open' ? invitation.invite : undefined;
}

/** The invitation that a chat which begins now comes from. */
export function welcomingInvite({ invitation }: ChatState): WireInvite | undefined {
  if (invitation === undefined || invitation.answer === 'dismissed') return undefined;
  return invitation.invite.action.type === 'invite' ? invitation.invite : undefined;
}

/** The conversation on screen, if there is one. */
export function conversationOf(state: ChatState): Conversation | undefined {
  return state.phase.name === 'chat' ? state.phase.conversation : undefined;
}

/** Whether lines can still be added to what is on screen. */
export function isOpen(state: ChatState): boolean {
  return state.phase.name !== 'chat' || state.phase.conversation.status !== 'closed';
}
